"""Modules over cells: those of the workspace travel by value, others are imported again without a word, patches are put back."""
import dis
import importlib
import importlib.machinery
import sys
import sysconfig
import types

import _cellblock
from cellblock_agent import pickler

_known = set()          # names in sys.modules at the baseline
_known_files = {}       # name -> module at the baseline
_base = {}              # name -> copy of a module's dictionary
_base_classes = {}      # class -> copy of its dictionary
_carried = set()        # names that an earlier cell imported
_waiting = {}           # name -> functions to call once it is imported
_patched = {}           # module name -> what earlier cells put there, as applied
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ('stdlib', 'platstdlib', 'purelib', 'platlib')} |
                   {'/usr/lib/', '/usr/local/lib/'})
_OWN = ('cellblock_agent', '_cellblock', '__main__', 'cython_runtime', '_cython_')      # not the notebook's


def baseline():
    _known.clear()
    _known.update(sys.modules)
    for name, module in list(sys.modules.items()):
        if isinstance(module, types.ModuleType) and not name.startswith(_OWN):
            _known_files[name] = module
            _base[name] = dict(types.ModuleType.__getattribute__(module, '__dict__'))
            if name.count('.') < 2 and not name.startswith('_'):
                for value in list(_base[name].values()):
                    if isinstance(value, type) and value.__flags__ & (1 << 9) and value not in _base_classes:
                        _base_classes[value] = dict(vars(value))


def own_change(name, attribute):
    """What the agent itself put into a module is no patch of the notebook."""
    if name in _base:
        _base[name][attribute] = sys.modules[name].__dict__[attribute]


# ---- modules of the workspace ----

def is_stateful(name, module):
    """Whether this module was made by the notebook: no part of the image, so that its state is the notebook's own."""
    if name in _known and _known_files.get(name) is module or name.startswith(_OWN) or type(module) is not types.ModuleType:
        return False
    if pickler.is_main(name, module):
        return False
    if name.partition('.')[0] in sys.stdlib_module_names:
        return False
    spec = module.__dict__.get('__spec__')
    if spec is None:
        return not module.__dict__.get('__file__', '').startswith(_LIBRARIES)
    if isinstance(spec.loader, importlib.machinery.SourceFileLoader):
        file = spec.origin or ''
        return not file.startswith(_LIBRARIES) and '/site-packages/' not in file and '/dist-packages/' not in file
    return type(spec.loader).__name__ in ('NamespaceLoader', '_NamespaceLoader')


def stateful():
    if len(_known) == len(sys.modules):
        return []
    known = _known_files.get
    return [(name, module) for name, module in list(sys.modules.items())
            if known(name) is not module and is_stateful(name, module)]


class ModuleSet:
    """All modules of the workspace: one value, since they refer to each other's functions and classes."""

    def __init__(self, modules):
        self.modules = modules


def _module_set(parts):
    return ModuleSet(parts)


def _new_module(name):
    module = types.ModuleType(name)
    del module.__dict__['__doc__']
    sys.modules[name] = module
    return module


def _module_state(module, state):
    module.__dict__.clear()
    module.__dict__.update(state)


def reduce_module_set(self, value):
    return _module_set, ([(name, _Whole(module)) for name, module in value.modules],)


class _Whole:
    """A module to be written by value. Loads as the module itself."""

    def __init__(self, module):
        self.module = module


def reduce_whole(self, whole):
    return _same, (whole.module,)


def _same(module):
    return module


def module_by_value(self, module):
    return (_new_module, (module.__name__,), dict(module.__dict__), None, None, _module_state)


pickler.dispatch[ModuleSet] = reduce_module_set
pickler.dispatch[_Whole] = reduce_whole


def is_original(module, qualname, obj):
    """Whether a cell has put something else in the place of this object of a library."""
    base = _base.get(module)
    if obj is None:                     # whether the image's module has that name at all
        return base is not None and qualname in base
    return base is not None and base.get(qualname) is obj


def original(module, name):
    base = _base.get(module)
    return base[name] if base is not None else getattr(sys.modules[module], name)


# ---- modules of the image ----

_MOST_NAMES = 20000
#: packages of the shell, which load parts of themselves when they please
_SHELL = frozenset(('IPython', 'ipykernel', 'matplotlib_inline', 'traitlets', 'jedi', 'parso', 'pygments', 'zmq', 'tornado', 'prompt_toolkit',
                    'encodings', 'asyncio', 'concurrent', 'multiprocessing', 'stack_data', 'executing', 'jupyter_client', 'email'))


def imported():
    """Names that cells imported beyond what was there: top-level packages, and submodules that their packages show."""
    if len(_known) == len(sys.modules) and not _carried:
        return []
    fresh = set()
    for name in sys.modules.keys() - _known - _carried:
        top, _, inner = name.partition('.')
        if name.startswith(_OWN) or top in _SHELL:
            continue
        if top not in _known and top not in _carried and (top not in sys.stdlib_module_names or top in ('this', 'antigravity')):
            fresh.add(top)
        if inner and '._' not in name and _shown(name):
            fresh.add(name)
    return sorted(fresh | _carried)[:_MOST_NAMES]


def _shown(name):
    """Whether code finds this submodule as an attribute of its package."""
    package, _, last = name.rpartition('.')
    module = sys.modules[name]
    package = sys.modules.get(package)
    return (issubclass(type(package), types.ModuleType) and issubclass(type(module), types.ModuleType)
            and types.ModuleType.__getattribute__(package, '__dict__').get(last) is module and not is_stateful(name, module))


def carry(names):
    _carried.update(names)
    _ensure_finder()
    packages = {}
    for name in names:
        package, _, last = name.rpartition('.')
        if package and name not in sys.modules:
            packages.setdefault(package, set()).add(last)
    for package, inner in packages.items():
        if package in sys.modules:
            _answer(package, inner)
        else:
            after_import(package, lambda package=package, inner=inner: _answer(package, inner))


def _answer(package, inner):
    """Let a package answer (PEP 562) for submodules that an earlier cell imported: silently, when they are first asked for."""
    space = types.ModuleType.__getattribute__(sys.modules[package], '__dict__')
    before = space.get('__getattr__')

    def __getattr__(name):
        if name in inner:
            inner.discard(name)
            from cellblock_agent.values import quiet
            try:
                with quiet():
                    importlib.import_module(package + '.' + name)
                return space[name]
            except Exception:           # as before: what cannot be imported again is not there
                pass
        if before is not None:
            return before(name)
        raise AttributeError('module %r has no attribute %r' % (package, name))

    space['__getattr__'] = __getattr__
    own_change(package, '__getattr__')


def after_import(name, function):
    _waiting.setdefault(name, []).append(function)
    _ensure_finder()


class Finder:
    """First on sys.meta_path: an import that an earlier cell has made already is made again silently."""

    busy = set()

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        quiet = name in _carried or name.partition('.')[0] in _carried
        if name in cls.busy or not quiet and name not in _waiting:
            return None
        cls.busy.add(name)
        try:
            for finder in list(sys.meta_path):
                if finder is cls:
                    continue
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    break
            else:
                return None
        finally:
            cls.busy.discard(name)
        if spec.loader is not None and hasattr(spec.loader, 'exec_module'):
            spec.loader = _Loader(spec.loader, quiet)
        return spec


class _Loader:
    def __init__(self, real, quiet):
        self.real, self.quiet = real, quiet

    def __getattr__(self, name):
        return getattr(self.real, name)

    def create_module(self, spec):
        return self.real.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self.real
        if self.quiet:
            from cellblock_agent.values import quiet
            with quiet():
                self.real.exec_module(module)
        else:
            self.real.exec_module(module)
        for function in _waiting.pop(module.__name__, ()):
            function()


def _ensure_finder():
    if Finder not in sys.meta_path:
        sys.meta_path.insert(0, Finder)


# ---- patches ----

class _Absent:
    """Stands for an attribute that was deleted."""

    def __reduce__(self):
        return 'ABSENT'


ABSENT = _Absent()

def _candidates():
    """Modules that the notebook's names lead to, with their loaded submodules."""
    tops, direct = set(), {}
    for value in list(pickler.context.user_ns.values()):
        if issubclass(type(value), types.ModuleType):
            name = value.__dict__.get('__name__') if type(value) is types.ModuleType else getattr(value, '__name__', None)
            if type(name) is str and name in _base:
                direct[name] = value
                tops.add(name.partition('.')[0])
    return tops, direct


#: what code that runs in this cell could do to modules: set any attribute, or those of these names; see values.before_code
watch = {'stores': False, 'any': False, 'names': set()}


_SETTERS = frozenset(('setattr', 'delattr', 'reload', 'patch', 'exec', 'eval', 'vars', '__dict__', 'setitem', 'run_line_magic'))
_STORE_ATTR, _DELETE_ATTR = dis.opmap['STORE_ATTR'], dis.opmap['DELETE_ATTR']


def seen_code(code):
    """Note whether code that this cell runs or loads could set an attribute of a module."""
    stack = [code]
    while stack and not watch['any']:
        code = stack.pop()
        raw = code.co_code[::2]
        if not _SETTERS.isdisjoint(code.co_names):
            watch['stores'] = True
            watch['any'] = not _SETTERS.isdisjoint(set(code.co_names) - {'run_line_magic'})
        if _STORE_ATTR in raw or _DELETE_ATTR in raw:
            watch['stores'] = True
            watch['names'].update(code.co_names)
        stack.extend(const for const in code.co_consts if type(const) is types.CodeType)


#: attributes whose contents components of ambient state carry, also when reload() put other objects there
_COMPONENTS = {'matplotlib': ('rcParams', 'rcParamsDefault', 'rcParamsOrig', 'RcParams')}


def patches():
    """{'patch:module': {attribute: value}} for modules whose attributes the cell has changed."""
    tops, direct = _candidates()
    names = set(direct) | set(_patched)
    inside = [name for top in tops for name in _below(top)]
    own = set()                         # modules that only their library's own functions can have changed
    if watch['stores']:
        names.update(inside)
    else:
        own.update(_cellblock.changed_modules(inside, _base))
        own -= names
    found = {}
    for name in names | own:
        module = sys.modules.get(name)
        before = _base.get(name)
        if module is None or before is None or _known_files.get(name) is not module or name in ('builtins', 'sys', 'warnings', 'random'):
            continue
        space = types.ModuleType.__getattribute__(module, '__dict__')
        if name in own:
            changed = _switches(space, before)
            if changed != _patched.get(name, {}):
                found['patch:' + name] = changed
            continue
        changed = _difference(space, before)
        changed.update(_switches(space, before))
        classes = _class_changes(name, space) if name in direct or name in _patched or name.count('.') < 2 else {}
        if classes:
            changed['@classes'] = classes
        for key in _COMPONENTS.get(name, ()):
            changed.pop(key, None)
        if changed != _patched.get(name, {}):
            if not _same_changes(changed, _patched.get(name, {})):
                found['patch:' + name] = changed
    return found


_tops = {}


def _below(top):
    """Names of the modules of a top-level package at the baseline."""
    if not _tops:
        for name in _base:
            _tops.setdefault(name.partition('.')[0], []).append(name)
    return _tops.get(top, ())


_SWITCH = (int, float, str, bytes, bool, type(None))


def _switches(space, before):
    """Plain values that a library's function has set in its module (`global _enabled`): settings, by whatever name."""
    return {key: value for key, value in list(space.items())
            if type(value) in _SWITCH and key[:2] != '__' and key in before and type(before[key]) in _SWITCH
            and (before[key] is not value and before[key] != value)}


def _difference(space, before):
    try:
        if len(space) == len(before) and space == before:   # compares by identity first, in C
            return {}
    except Exception:
        pass
    changed = {}
    for key, value in list(space.items()):
        # What a library keeps under private names, and submodules that it loads late, are its own affair.
        if before.get(key, ABSENT) is not value and key[:1] != '_' and not _submodule(value, space) and not _own(key, value):
            if type(value) in (int, float, str, bytes, tuple, bool) and before.get(key) == value:
                continue
            changed[key] = value
    for key in before:
        if key not in space and key[:1] != '_':
            changed[key] = ABSENT
    return changed


def _own(key, value):
    """A library's function that no code of the notebook can have put there: the library switched it by itself."""
    return (type(value) is types.FunctionType and not watch['any'] and key not in watch['names']
            and value.__globals__ is not pickler.context.user_ns)


def _submodule(value, space):
    return isinstance(value, types.ModuleType) and value.__name__.partition('.')[0] == str(space.get('__name__')).partition('.')[0]


def _class_changes(name, space):
    found = {}
    for value in list(space.values()):
        before = _base_classes.get(value) if isinstance(value, type) else None
        if before is not None and before != dict(vars(value)):
            now = {k: v for k, v in vars(value).items() if before.get(k, ABSENT) is not v
                   and k not in ('__abstractmethods__', '_abc_impl', '__annotations__', '__slotnames__', '__doc__')
                   and (k[:1] != '_' or k[-1:] == '_')}
            now.update((k, ABSENT) for k in before if k not in vars(value) and (k[:1] != '_' or k[-1:] == '_'))
            if now:
                found[value.__name__] = now
    return found


def _same_changes(one, other):
    if one.keys() != other.keys():
        return False
    for key, value in one.items():
        if key == '@classes':
            if value.keys() != other[key].keys() or not all(_same_changes(value[k], other[key][k]) for k in value):
                return False
        elif value is not other[key]:
            return False
    return True


def apply_patches(name, changed):
    _patched[name] = changed

    def put():
        module = sys.modules[name]
        for key, value in changed.items():
            if key == '@classes':
                for kind, items in value.items():
                    _patch(getattr(module, kind, None), items)
            else:
                _patch(module, {key: value})
    if name in sys.modules:
        put()
    else:
        after_import(name, put)


def _patch(target, items):
    for key, value in items.items():
        try:
            if value is ABSENT:
                delattr(target, key)
            else:
                setattr(target, key, value)
        except (AttributeError, TypeError):
            pass
