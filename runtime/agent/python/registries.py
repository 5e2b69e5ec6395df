"""State that libraries keep inside: tables of their modules, attributes of their classes and of their own objects.

A notebook changes it by calling the library (`register_cmap`, `set_jupyter_format`). In the zygote every such table is noted with
a mark (the dictionary's version where Python keeps one); after a cell those whose mark is another are compared with a copy.
"""
import collections
import gc
import re
import sys
import types

import _cellblock
from cellblock_agent import imports, pickler

_TABLES = frozenset((dict, list, set, collections.OrderedDict, collections.defaultdict))
_PASSED = frozenset((types.FunctionType, types.BuiltinFunctionType, types.ModuleType, int, float, str, bytes, bool, tuple, type(None)))
_HEAP_TYPE = 1 << 9                     # Py_TPFLAGS_HEAPTYPE
_LARGEST = 5000                         # entries; what is larger is data, not a registry
_MOST = 4 << 20                         # bytes of one entry
_objects, _places, _copies = [], [], []
_marks, _tag = b'', 0
_noted = {}             # package -> what earlier cells left there, as applied
_told = set()           # entries that an earlier cell could not save

#: what libraries fill by themselves and would fill again
_OWN = re.compile(r'cache|memo|lock|weak|_abc_|__warningregistry__|__slotnames__|logger|_thread|stack|finali[sz]|_(min|max)_vals', re.I)
#: packages of the shell and the agent, and those whose state components of their own carry
_PACKAGES = frozenset(('IPython', 'ipykernel', 'traitlets', 'jupyter_client', 'jupyter_core', 'zmq', 'tornado', 'prompt_toolkit', 'jedi',
                       'parso', 'pygments', 'matplotlib_inline', 'cellblock_agent', '_cellblock', '__main__', 'pkg_resources', 'backcall',
                       'decorator', 'pexpect', 'ptyprocess', 'comm', 'debugpy', 'six', 'nest_asyncio', 'psutil', 'packaging', 'dateutil',
                       'pickleshare', 'wcwidth', 'stack_data', 'executing', 'asttokens', 'pure_eval', 'distutils', 'setuptools',
                       'cython_runtime', 'IPython.display'))
_CARRIED = frozenset((('matplotlib', 'rcParams'), ('matplotlib', 'rcParamsDefault'), ('matplotlib', 'rcParamsOrig'),
                      ('matplotlib._pylab_helpers', 'Gcf'), ('matplotlib.units', 'registry'), ('numpy.core.arrayprint', '_format_options'),
                      ('pandas._config.config', '_global_config'), ('sklearn._config', '_global_config'),
                      ('sklearn._config', '_threadlocal'), ('sympy.core._print_helpers', 'Printable'),
                      ('sympy.printing.printer', 'Printer'), ('matplotlib.pyplot', '_backend_mod')))


def baseline():
    """Once, in the zygote, after imports.baseline()."""
    global _marks, _tag
    del _objects[:], _places[:], _copies[:]
    _tag = _version_word()
    seen = set()
    for name, module in list(imports.known_modules().items()):
        top = name.partition('.')[0]
        if top not in _PACKAGES and not pickler.is_main(name, module) and top not in sys.stdlib_module_names:
            _module(name, types.ModuleType.__getattribute__(module, '__dict__'), top, seen)
    order = sorted(range(len(_objects)), key=lambda n: id(_objects[n]))     # page by page
    for column in (_objects, _places, _copies):
        column[:] = [column[n] for n in order]
    _marks = _cellblock.marks(_objects, _tag)


def _version_word():
    """Which word of a dictionary is its version (PEP 509); 0 where there is none, and entries are looked at."""
    if sys.version_info[:2] > (3, 11):
        return 0
    trial = {1: 2}
    before = _cellblock.marks([trial], 3)
    same = _cellblock.marks([trial], 3) == before
    trial[1] = 3
    return 3 if same and _cellblock.marks([trial], 3) != before else 0


def _note(kind, place, table, seen):
    if id(table) not in seen and len(table) <= _LARGEST:
        seen.add(id(table))
        _objects.append(table)
        _places.append((kind, *place))
        _copies.append(table.copy() if kind != 'module' else None)


def _module(name, space, top, seen):
    _note('module', (name,), space, seen)
    for attribute, value in list(space.items()):
        kind = type(value)
        if kind in _PASSED or attribute[:2] == '__':
            continue
        if kind in _TABLES:
            if _may_count(name, attribute):
                _note('table', (name, attribute), value, seen)
        elif issubclass(kind, type):
            if value.__flags__ & _HEAP_TYPE and value.__dict__.get('__module__') == name and _may_count(name, attribute):
                _inside('class', (name, attribute), _class_dict(value), seen)
        elif (kind.__flags__ & _HEAP_TYPE and kind.__dictoffset__ and attribute[:1] != '_'
              and str(kind.__module__).partition('.')[0] == top and _may_count(name, attribute)):
            inner = object.__getattribute__(value, '__dict__')
            if type(inner) is dict:
                _inside('object', (name, attribute), inner, seen)


def _may_count(name, attribute):
    return not _OWN.search(attribute) and (name, attribute) not in _CARRIED


def _class_dict(cls):
    return gc.get_referents(cls.__dict__)[0]


def _inside(kind, place, space, seen):
    _note(kind, place, space, seen)
    for key, value in space.items():
        if type(value) in _TABLES and type(key) is str and key[:2] != '__' and not _OWN.search(key):
            _note('table', place + (key,), value, seen)


def settled():
    """After earlier cells' state was applied: what is there now is no change of this cell."""
    global _marks
    if _noted:
        _marks = _cellblock.marks(_objects, _tag)


# ---- what a cell changed ----

def changes():
    """{'library:package': [(kind, place, added, removed)]} for packages in which this cell changed something."""
    touched = {_places[n][1].partition('.')[0] for n in _cellblock.marks(_objects, _tag, _marks)}
    found, fresh = {}, {}
    for package in touched:
        fresh[package] = [name.encode() for name in imports.new_modules(package)]
    for n in _all_of(touched) if touched else ():
        change = _difference(n, fresh[_places[n][1].partition('.')[0]])
        if change is not None:
            found.setdefault(_places[n][1].partition('.')[0], []).append(change)
    result = {}
    for package in touched:
        kept = _savable(found.get(package, ()), fresh[package], result)
        if not _same(kept, _noted.get(package, [])):
            result['library:' + package] = kept
    return result


def _all_of(packages):
    """All tables of these packages: the value of a package is everything that differs from the zygote."""
    base = _base_marks
    return [n for n in _cellblock.marks(_objects, _tag, base) if _places[n][1].partition('.')[0] in packages]


_base_marks = b''


def keep():
    global _base_marks
    _base_marks = _marks


def _difference(n, fresh):
    """A package that has just imported more of itself sets plain values as it does so, and would again."""
    kind, *place = _places[n]
    now, before = _objects[n], _copies[n]
    if kind == 'module':
        before = imports.base(place[0])
    if type(now) in (list, set) and fresh and all(type(v) in _PLAIN for v in now):
        return None
    if type(now) is list:
        if len(now) == len(before) and all(a is b for a, b in zip(now, before)):
            return None
        return 'list', tuple(place), list(now), ()
    if type(now) is set:
        return ('set', tuple(place), now - before, before - now) if now != before else None
    missing = _differs
    added = {k: v for k, v in list(now.items()) if before.get(k, missing) is not v and not (fresh and type(v) in _PLAIN)
             and _counts(kind, place, k, v, before)}
    removed = [k for k in before if k not in now and _counts(kind, place, k, None, before)]
    return (kind, tuple(place), added, removed) if added or removed else None


_differs = object()


def _counts(kind, place, key, value, before):
    """Whether an entry is state that code of the notebook can mean, rather than the library's own doing."""
    if type(key) is str and (_OWN.search(key) or (place[0], key) in _CARRIED):
        return False
    if type(value) in _PLAIN and type(before.get(key)) is type(value) and before[key] == value:
        return False
    if issubclass(type(value), types.ModuleType):
        return False
    if type(value) is types.FunctionType and value.__code__.co_filename.startswith('<cellblock>'):
        return False                    # the agent's own
    if kind == 'module':
        return _patch(place[0], key, value, before)
    if kind == 'class':
        if type(key) is not str or key in ('__abstractmethods__', '__annotations__', '__doc__', '__slotnames__'):
            return False
        return key[:1] != '_' or key[-2:] == '__' or type(value) in _PLAIN and type(before.get(key)) in _PLAIN
    return True


_PLAIN = frozenset((int, float, str, bytes, bool, type(None), complex))


def _patch(name, key, value, before):
    """In a module: a setting, or a function that another package has put in the place of one."""
    if key[:2] == '__' or key not in before:
        return False
    if type(value) in _PLAIN and type(before[key]) in _PLAIN:
        return True
    return (type(value) is types.FunctionType and type(before[key]) is types.FunctionType
            and str(value.__module__).partition('.')[0] not in (name.partition('.')[0], *_PACKAGES - {'__main__'}))


def _savable(changed, fresh, result):
    """The changes that can be saved; the others become values of their own in `result`, which then say why they cannot."""
    kept = []
    for kind, place, added, removed in changed:
        if type(added) is dict:
            good = {}
            for key, value in added.items():
                data = _saved((key, value))
                if data is None:
                    _tell('.'.join(place) + '.' + str(key), value, result)
                elif not any(name in data for name in fresh):
                    good[key] = value
            if good or removed:
                kept.append((kind, place, good, removed))
            continue
        data = _saved(added)
        if data is None:
            _tell('.'.join(place), added, result)
        elif not any(name in data for name in fresh):
            kept.append((kind, place, added, removed))
    return kept


def _saved(value):
    """The value's stream; what names a module that the library has just imported was registered by that module itself."""
    if type(value) is tuple and type(value[0]) is str and type(value[1]) in _PLAIN:
        return b''
    try:
        data = pickler.deep(lambda: pickler.Writer().dump_roots([value])).data.tobytes()
    except Exception:
        return None
    return data if len(data) <= _MOST else None


def _tell(what, value, result):
    if what not in _told:
        result['library:' + what[:200]] = value


def _same(one, other):
    if len(one) != len(other):
        return False
    for (kind, place, added, removed), (kind2, place2, added2, removed2) in zip(one, other):
        if kind != kind2 or place != place2 or list(removed) != list(removed2) or len(added) != len(added2):
            return False
        if type(added) is dict:
            if any(k not in added2 or added2[k] is not v and not (type(v) in _PLAIN and added2[k] == v) for k, v in added.items()):
                return False
        elif type(added) is list and any(a is not b for a, b in zip(added, added2)) or type(added) is set and added != added2:
            return False
    return True


# ---- putting it in place ----

def known_lost(what):
    _told.add(what)


def apply(package, changed):
    _noted[package] = changed
    for kind, place, added, removed in changed:
        target = _find(place)
        if target is _differs:
            continue
        if kind == 'list':
            target[:] = added
        elif kind == 'set':
            target.difference_update(removed)
            target.update(added)
        elif kind == 'class':
            imports.patch(target, dict(added, **{key: imports.ABSENT for key in removed}))
        else:
            space = target if kind == 'table' else object.__getattribute__(target, '__dict__')
            for key in removed:
                space.pop(key, None)
            space.update(added)


def _find(place):
    found = sys.modules.get(place[0])
    for key in place[1:]:
        space = types.ModuleType.__getattribute__(found, '__dict__') if isinstance(found, types.ModuleType) else \
            type.__getattribute__(found, '__dict__') if issubclass(type(found), type) else object.__getattribute__(found, '__dict__')
        found = space.get(key, _differs)
        if found is _differs:
            break
    return found if found is not None else _differs
