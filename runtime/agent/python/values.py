"""The notebook's namespace in one cell: names are loaded when they are first read, and what changed is written at the end.

docs/values.md tells the whole story; pickler.py turns groups into streams.
"""
import builtins
import contextlib
import contextvars
import dis
import gc
import io
import linecache
import os
import re
import sys
import types
import warnings

import _cellblock
from cellblock_agent import ambient, arrays, borrowers, imports, libraries, pickler, reducers, timers
# In the order in which components are applied.
from cellblock_agent import components_process, components_libraries, components_ipython
from cellblock_agent.pickler import Digester, Reader, Uncopyable, Writer, _root, context, deep

__all__ = ['Namespace', 'UncopyableValue', '_root', 'components_ipython', 'components_libraries', 'libraries', 'reducers', 'timers']

SPOOL_UNIT = 4096
LOST = "another cell's "
_RESULT = re.compile(r'_{1,3}|_\d+|Out|_oh')
_SCALARS = frozenset((type(None), bool, int, float, complex, str, bytes))
DELETE_NAME, DELETE_GLOBAL = dis.opmap['DELETE_NAME'], dis.opmap['DELETE_GLOBAL']
SETUP_ANNOTATIONS = dis.opmap['SETUP_ANNOTATIONS']
DELETE_DEREF = dis.opmap.get('DELETE_DEREF')


class UncopyableValue(RuntimeError):
    """A name was read whose value could not be brought into this cell."""

    told = False        # whether the cell that made the value said already that it cannot be copied


class Missing:
    """Stands in a fully materialised namespace for a value that cannot be brought here: any use raises."""

    __slots__ = ('_error',)

    def __init__(self, error):
        object.__setattr__(self, '_error', error)

    def _raise(self, *args, **keywords):
        namespace = _active[-1] if _active else None
        error = object.__getattribute__(self, '_error')
        if namespace is not None:
            namespace.uncopyable_hit = error.name
        raise UncopyableValue(str(error))

    __getattribute__ = __repr__ = __str__ = __iter__ = __len__ = __bool__ = __call__ = __getitem__ = __setitem__ = _raise
    __enter__ = __exit__ = __next__ = __contains__ = __add__ = __radd__ = __eq__ = __lt__ = __gt__ = __setattr__ = _raise
    __hash__ = object.__hash__


class Hook(dict):
    """The __builtins__ of the notebook's namespace: what the globals lack is looked for here."""

    __slots__ = ('_namespace',)

    def __missing__(self, name):
        return self._namespace._missing(name)

    def __getattr__(self, name):
        return getattr(builtins, name)

    def __setattr__(self, name, value):
        if name == '_namespace':
            object.__setattr__(self, name, value)
        else:
            setattr(builtins, name, value)

    def __delattr__(self, name):
        delattr(builtins, name)

    def __repr__(self):
        return repr(builtins)

    def __dir__(self):
        return dir(builtins)


class _Builtins(types.ModuleType):
    """The builtins module, so that `builtins.print = f` reaches the notebook's copy too."""

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        hook = context.hook
        if hook is not None and not hook._namespace.pending(name):
            dict.__setitem__(hook, name, value)

    def __delattr__(self, name):
        super().__delattr__(name)
        if context.hook is not None:
            dict.pop(context.hook, name, None)


class _Main(types.ModuleType):
    """The module __main__: its attributes are the notebook's names, loaded or not."""

    def __getattr__(self, name):
        namespace = _active[-1] if _active else None
        if namespace is not None and namespace.pending(name):
            return namespace._bring(name)
        raise AttributeError("module %r has no attribute %r" % (self.__name__, name))

    @property
    def __dict__(self):
        if _active and not _active[-1].loading:
            _active[-1].materialise()
        return context.user_ns

    def __delattr__(self, name):
        if _active:
            _active[-1].load((name,))
        types.ModuleType.__delattr__(self, name)

    def __dir__(self):
        if _active:
            _active[-1].materialise()
        return sorted(context.user_ns)


_active = []


def _reduce_missing(self, missing):
    raise Uncopyable(str(object.__getattribute__(missing, '_error')))


pickler.dispatch[Missing] = _reduce_missing


class _NullWriter(io.TextIOBase):
    encoding = 'utf-8'

    def write(self, text):
        return len(text)

    def isatty(self):
        return False


@contextlib.contextmanager
def quiet():
    """User code that runs while values travel prints nothing, warns nothing, and leaves the warnings machinery as it is."""
    out, err, filters = sys.stdout, sys.stderr, warnings.filters
    hushed = components_process.hush_logging()
    sys.stdout = sys.stderr = _NullWriter()
    components_process.hidden_filters.append(components_process.real_filters())
    warnings.filters = [('ignore', None, Warning, None, 0)]
    try:
        yield
    finally:
        if hushed:
            components_process.unhush_logging()
        sys.stdout, sys.stderr, warnings.filters = out, err, filters
        components_process.hidden_filters.pop()


class Group:
    """Roots that were loaded from one stream."""

    def __init__(self, roots, current, objects, digest):
        self.roots = roots
        self.current = current
        self.objects = objects
        self.digest = digest

    def members(self):
        return [(root, self.objects[root]) for root in self.current if root.startswith('@')]


class Unit:
    """What is to be written together, while commit finds out what belongs together."""

    def __init__(self, roots, objects, changed, group=None):
        self.roots = roots
        self.objects = objects
        self.changed = changed
        self.group = group
        self.writer = None
        self.failed = None      # (type name, reason)
        self.ids = None

    def members(self):
        return [(r, o) for r, o in zip(self.roots, self.objects) if r.startswith('@')]


class Namespace:
    def __init__(self, shell, user_ns, link, spool_fd, token=None):
        self.shell = shell
        self.user_ns = user_ns
        self.link = link
        self.spool_fd = spool_fd
        self.spool_end = 0
        self.token = token or os.urandom(6).hex()
        self.serial = 0
        self.visible = {}       # name -> place in notebook order
        self.touched = set()    # visible names that are decided: loaded, deleted or overwritten knowingly
        self.objects = {}       # root -> object, of every group that was loaded
        self.groups = []
        self.also_read = []     # names bound without asking, since their group was loaded for another
        self.bound = {}         # name -> (address of the object that loading bound, the object where it is a scalar)
        self.home = {}          # root -> its group
        self.hidden = set()
        self.uncopyable = {}    # name -> error, for names met as uncopyable
        self.new_hidden = []    # (root id, object) roots first met while writing
        self.uncopyable_hit = None
        self.keep_results = False
        self.hook = None
        self.loading = 0
        self.opening = []       # roots being loaded
        self.late = []                  # components to apply when that is done
        self.wanted = []
        self.keep_fds = []
        self.lost = set()       # components that an earlier cell could not put in place, and said so
        self.task_context = None
        self.read_sources = context.sources

    # ---- installing ----

    def install(self, visible, eager=(), keep_results=False):
        self.keep_results = keep_results
        self.visible = {name: n for n, name in enumerate(visible)}
        hidden = set(getattr(self.shell, 'user_ns_hidden', ()) or ())
        self.hidden = (hidden | set(self.user_ns)) - set(visible)
        self.hidden |= {'__builtins__', '__name__', '__doc__', '__loader__', '__spec__', '__package__', 'In', '_ih', '_i',
                        '_ii', '_iii', '_dh', 'get_ipython', 'exit', 'quit', 'open', '__builtin__', '_oh', 'Out'}
        self.hidden -= {'_', '__', '___'}
        if not keep_results:
            self.hidden |= {'Out', '_oh'}
        self._set_context()
        _active.append(self)
        for name in visible:
            if name in self.user_ns:
                del self.user_ns[name]
        self._install_hook()
        borrowers.install(self)
        ambient.refresh()
        self._apply_ambient(eager)
        if not keep_results:            # else the shell asks for them before a result shifts them
            self.load(n for n in ('_', '__', '___') if n in self.visible)
        self.load(('__warningregistry__',))

    def _set_context(self):
        context.user_ns = self.user_ns
        context.load_root = self._load_root
        context.code_loaded = self._code_loaded
        context.adopt_source = self._adopt
        context.new_root = self._new_root
        context.is_stateful = imports.is_stateful
        context.original = imports.is_original
        for name in ('stdin', '__stderr__', '__stdout__', 'stderr', 'stdout'):
            stream = getattr(sys, name, None)
            if stream is not None:
                context.streams[id(stream)] = name
                context.stream_objects[name] = stream
        for name, part in _shell_parts(self.shell):
            context.streams.setdefault(id(part), name)
            context.stream_objects[name] = part

    def reinstall(self):
        """After %reset cleared the namespace: the hook again, and no name of an earlier cell is visible any more."""
        self.touched.update(self.visible)
        self._install_hook()

    def _install_hook(self):
        hook = Hook(builtins.__dict__)
        hook._namespace = self
        for name in self.visible:
            if name not in self.touched:
                dict.pop(hook, name, None)
        for name, before in (('globals', self._before_scope), ('locals', self._before_scope), ('vars', self._before_scope),
                             ('dir', self._before_scope), ('exec', self._before_code), ('eval', self._before_code)):
            if name in hook:
                hook[name] = _cellblock.wrap(getattr(builtins, name), before)
        self.hook = context.hook = hook
        self.user_ns['__builtins__'] = hook
        try:
            builtins.__class__ = _Builtins
            main = sys.modules.get('__main__')
            if type(main) is types.ModuleType and main.__dict__ is self.user_ns:
                main.__class__ = _Main
        except TypeError:
            pass

    def _apply_ambient(self, eager):
        """First what decides where modules are found, then modules of the workspace, then the rest."""
        left = [root[3:] for root in eager if root.startswith('@a:') and not root.startswith('@a:' + LOST)]
        self.lost = {root for root in eager if root.startswith('@a:' + LOST)}
        for step in (('cwd', 'environ', 'path', 'imports'), ('modules',), left[:]):
            brought = {}
            for name in step:
                if name in left:
                    left.remove(name)
                    module = ambient.waits_for(name)
                    if module is not None:
                        imports.after_import(module, lambda name=name: self._apply_late(name))
                        continue
                    try:
                        brought[name] = self._load_root('@a:' + name)
                    except (KeyError, UncopyableValue) as error:
                        self._cannot_apply(name, error)
                        continue
            if brought:
                with quiet():
                    ambient.apply(brought)
        for group in self.groups:       # putting an object in place may have changed it
            if any(root.startswith('@a:') for root in group.current):
                self._digest_group(group)

    def _apply_late(self, name):
        """A component of a library that only this cell's import brought."""
        if self.opening:                # while a group is loaded, which may be the very one
            self.late.append(name)
            return
        try:
            value = self._load_root('@a:' + name)
        except (KeyError, UncopyableValue) as error:
            self._cannot_apply(name, error)
            return
        with quiet():
            ambient.apply({name: value})

    def _cannot_apply(self, name, error):
        """A component that was saved but cannot be loaded is said by this cell; one that could not be saved was said already."""
        if isinstance(error, UncopyableValue) and not error.told:
            ambient.problems.append((name, error))

    def _lost_ambient(self):
        """Uncopyable entries for what went wrong with components, each said once in a run."""
        lost = {}
        for name, error in ambient.problems:
            root = '@a:%s%s' % (LOST, name)
            if root not in self.lost:
                reason = str(error) if isinstance(error, UncopyableValue) else '%s: %s' % (type(error).__name__, error)
                lost.setdefault(root, {'root': root, 'type': type(error).__name__, 'reason': reason[:2000]})
        return list(lost.values())

    # ---- reading ----

    def pending(self, name):
        return name in self.visible and name not in self.touched and name not in self.user_ns

    def _missing(self, name):
        if self.pending(name):
            return self._bring(name)
        try:
            return builtins.__dict__[name]
        except KeyError:
            if type(name) is str and name not in self.touched and name not in self.visible and not self.loading:
                self.link.call({'op': 'read', 'root': name})
                self.touched.add(name)
            raise KeyError(name) from None

    def _bring(self, name):
        """Load a pending name and bind it; KeyError when no version provides it."""
        known = name in self.objects
        try:
            value = self._load_root(name)
        except UncopyableValue as error:
            error.name = name
            self.uncopyable_hit = name
            raise
        except KeyError:
            self.touched.add(name)
            raise
        if known:
            self.also_read.append(name)
        self._bind(name, value)
        return value

    def _bind(self, name, value):
        self.touched.add(name)
        self.user_ns[name] = value
        # No reference is kept to what the cell may want to see die.
        self.bound[name] = id(value), value if type(value) in _SCALARS else None
        self.objects.pop(name, None)
        if name in self.home:
            self.home[name].objects.pop(name, None)
        original = builtins.__dict__.get(name, self)
        if original is not self and name not in self.hook:
            # `del sum` later brings the built-in back.
            dict.__setitem__(self.hook, name, original)

    def load(self, names):
        for name in names:
            if self.pending(name):
                try:
                    self._bring(name)
                except KeyError:
                    pass

    def materialise(self):
        waiting = [name for name in self.visible if self.pending(name)]
        if not waiting:
            return
        for name in waiting:
            if not self.pending(name):
                continue
            try:
                self._bring(name)
            except KeyError:
                pass
            except UncopyableValue as error:
                self.uncopyable_hit = None
                self._bind(name, Missing(error))
        space = self.user_ns
        later = [(n, v) for n, v in space.items() if n not in self.hidden]
        first = {n: i for n, i in self.visible.items()}
        end = len(first)
        later.sort(key=lambda item: first.get(item[0], end))
        for name, _ in later:
            del space[name]
        for name, value in later:
            space[name] = value

    def _load_root(self, root):
        if root in self.objects:
            return self.objects[root]
        if root in self.opening:
            raise UncopyableValue('`%s` is needed to load itself' % root)
        reply = self.link.call({'op': 'read', 'root': root})
        kind = reply.get('op')
        if kind == 'value':
            self.opening.append(root)
            try:
                self._load_group(root, reply)
            finally:
                self.opening.pop()
            while self.late and not self.opening:
                self._apply_late(self.late.pop(0))
            if not self.opening:
                for function in pickler.after_load:
                    function()
            return self.objects[root]
        if kind == 'uncopyable':
            raise self._refusal(root, reply)
        raise KeyError(root)

    def _refusal(self, root, reply):
        error = UncopyableValue(
            '`%s` is a %s made by cell %s that cannot be copied into another cell: %s. Create it in the cell that uses it%s.'
            % (root, reply.get('type'), int(reply.get('from', 0)) + 1, reply.get('reason'),
               ', or turn it into a list' if 'generator' in str(reply.get('type')) else ''))
        error.name, error.told = root, True
        return error

    def _load_group(self, root, reply):
        fd = reply['fd']
        offset, length = reply['stream']
        data = os.pread(fd, length, offset)
        while len(data) < length:
            more = os.pread(fd, length - len(data), offset + len(data))
            if not more:
                raise EOFError('the value of %s is shorter than its record says' % root)
            data += more
        spans = reply.get('buffers') or ()
        buffers = [lambda at=at, n=n: arrays.make_buffer(fd, at, n) for at, n in spans]
        self.loading += 1
        try:
            with quiet():
                values = deep(lambda: Reader(data, buffers).load())
        except UncopyableValue:
            raise
        except Exception as error:
            failure = UncopyableValue('`%s` cannot be brought into this cell: %s: %s. Create it in the cell that uses it.'
                                      % (root, type(error).__name__, error))
            failure.name = root
            raise failure from None
        finally:
            self.loading -= 1
        if spans:
            self.keep_fds.append(fd)
        else:
            os.close(fd)
        current = [r for r in reply['roots'] if r in set(reply['current'])]
        objects = dict(zip(reply['roots'], values))
        for name in current:
            if type(objects[name]) is str and len(objects[name]) < 4096 and objects[name].isascii() and objects[name].isidentifier():
                objects[name] = sys.intern(objects[name])   # as the compiler does with such constants
            self.objects[name] = objects[name]
            if name.startswith(('@c:', '@f:')):
                context.hidden[id(objects[name])] = name, objects[name]
        if not all(map(_plain_component, current)):
            group = Group(reply['roots'], current, objects, None)
            self._digest_group(group)
            self.groups.append(group)
            self.home.update((root, group) for root in current)
        if not self.loading and self.wanted:
            wanted, self.wanted = self.wanted, []
            for names in wanted:
                if names is None:
                    self.materialise()
                else:
                    self.load(names)

    def _digest_group(self, group):
        values = [group.objects[root] for root in group.current]
        if all(type(v) in _SCALARS for v in values):
            return
        self.loading += 1
        try:
            with quiet():
                digester = deep(lambda: Digester(group.members()).dump_roots(values))
                group.digest = digester.value()
                digester.release()
        except Exception:
            group.digest = b'?'
        finally:
            self.loading -= 1

    # ---- code ----

    def before_code(self, code):
        self._note_context()
        names, everything = _needs(code, True)
        imports.seen_code(code)
        if everything:
            self.materialise()
        self.load(names)

    def _note_context(self):
        """Context variables (the decimal context is one) are set in the context of the task that runs the cell."""
        if self.task_context is None and 'asyncio' in sys.modules:
            try:
                task = sys.modules['asyncio'].current_task()
            except RuntimeError:
                return
            self.task_context = next((r for r in gc.get_referents(task) if type(r) is contextvars.Context), None)

    def _code_loaded(self, code):
        names, everything = _needs(code, False)
        imports.seen_code(code)
        if everything:
            self.wanted.append(None)
        elif names:
            self.wanted.append(names)

    def _before_scope(self, *args, **keywords):
        if args:
            if args[0] is sys.modules.get('__main__'):
                self.materialise()
            return
        frame = sys._getframe(1)
        if frame.f_globals is self.user_ns and (frame.f_locals is self.user_ns or frame.f_code.co_flags & 2):
            self.materialise()

    def _before_code(self, source=None, space=None, *args, **keywords):
        if space is None:
            if sys._getframe(1).f_globals is not self.user_ns:
                return
        elif space is not self.user_ns:
            if type(space) is dict and '__builtins__' not in space:
                space['__builtins__'] = builtins.__dict__
            return
        if isinstance(source, str):
            if 'del' not in source and ':' not in source and '__subclasses__' not in source:
                return
            try:
                with quiet():
                    source = compile(source, '<string>', 'exec', dont_inherit=True)
            except Exception:
                return
        if isinstance(source, types.CodeType):
            self.before_code(source)

    # ---- sources ----

    def register_source(self, filename, number, source):
        context.sources[filename] = (filename, number, source)

    def _adopt(self, record):
        filename, number, source = record
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        adopt = getattr(self.shell, 'adopt_cell_source', None)
        if adopt is not None:
            adopt(filename, number, source)

    # ---- writing ----

    def _new_root(self, kind, obj):
        self.serial += 1
        root = '@%s:%s.%d' % (kind, self.token, self.serial)
        context.hidden[id(obj)] = root, obj
        self.new_hidden.append((root, obj))
        return root

    def _is_variable(self, name, value):
        if type(name) is not str or name in self.hidden:
            return False
        if not self.keep_results and _RESULT.fullmatch(name):
            hook = getattr(self.shell, 'displayhook', None)
            if name in ('_', '__', '___'):
                return hook is None or getattr(hook, name, self) is not value
            if hook is not None and name[1:].isdigit():
                results = getattr(getattr(self.shell, 'history_manager', None), 'output_hist', {})
                return results.get(int(name[1:]), self) is not value
            return hook is None
        return not (name.startswith('_i') and name[2:].isdigit())

    def commit(self):
        if self.task_context is not None:
            try:
                return self.task_context.run(self._commit_quietly)
            except RuntimeError:
                pass
        return self._commit_quietly()

    def _commit_quietly(self):
        self.loading += 1
        try:
            with quiet():
                return self._commit()
        finally:
            self.loading -= 1

    def _commit(self):
        space = dict(self.user_ns)
        fresh = {}
        for name, value in space.items():
            if self._is_variable(name, value) and not self._as_loaded(name, value):
                fresh[name] = value
        deleted = [name for name in self.visible if name in self.touched and name not in space and name not in self.uncopyable
                   and (name in self.bound)]
        changed = ambient.changes() if ambient.captured() else {}
        units = self._loaded_units(space, {'@a:' + name for name in changed})
        units += self._fresh_units(fresh)
        for component, value in changed.items():
            units.append(Unit(['@a:' + component], [value], True))
        frame = {'op': 'commit', 'groups': [], 'uncopyable': self._lost_ambient(), 'deleted': deleted, 'order': list(fresh),
                 'bound': self.also_read}
        if any(unit.changed for unit in units):
            self._write(units, frame)
        return frame

    def _loaded_units(self, space, gone):
        """One unit for each loaded group that still has a root here, changed or not."""
        units = []
        for group in self.groups:
            if group.digest is None:
                continue
            keep = [root for root in group.current
                    if self._still(root, group, space, gone)]
            if not keep:
                continue
            unit = Unit(keep, [space[root] if root in self.touched else group.objects[root] for root in keep], True, group)
            if len(keep) == len(group.current):     # else what shared objects with these is gone: written anew
                try:
                    digester = deep(lambda: Digester(unit.members()).dump_roots(unit.objects))
                    if digester.value() == group.digest:
                        unit.writer, unit.changed = digester, False
                except Exception:
                    pass
            units.append(unit)
        return units

    def _still(self, root, group, space, gone):
        """Whether the group's object is still what the root stands for: not rebound, not deleted."""
        if root.startswith('@'):
            return root not in gone
        if root in self.touched:
            return root in space and self._as_loaded(root, space[root])
        return root not in space

    def _as_loaded(self, name, value):
        """Whether the name still has the object that loading bound; a new object at an old address shows in the digest."""
        if name not in self.bound:
            return False
        address, scalar = self.bound[name]
        return address == id(value) and (type(value) not in _SCALARS or scalar is value)

    def _fresh_units(self, fresh):
        units = []
        for name, value in fresh.items():
            if type(value) in _SCALARS:
                units.append(Unit([name], [value], True))
                continue
            root = self._own_root(value)
            if root is None:
                units.append(Unit([name], [value], True))
                continue
            known = next((u for u in units if root in u.roots), None)
            if known is not None:
                known.roots.insert(0, name)
                known.objects.insert(0, value)
            elif (root, value) in [(r, o) for r, o in self.new_hidden if r == root]:
                units.append(Unit([name, root], [value, value], True))
            else:
                units.append(Unit([name], [value], True))
        return units

    def _own_root(self, value):
        """The hidden root that value is, made on first sight; None for other values."""
        known = context.hidden.get(id(value))
        if known:
            return known[0]
        if issubclass(type(value), types.FunctionType) and pickler.is_root_function(value):
            return self._new_root('f', value)
        if issubclass(type(value), type) and not pickler.is_importable_class(value) and value not in pickler._SPECIAL_TYPES \
                and not pickler._class_elsewhere(value):
            return self._new_root('c', value)
        return None

    def _write(self, units, frame):
        done = 0
        covered = {root for unit in units for root in unit.roots}
        while done < len(units):
            unit = units[done]
            done += 1
            if unit.writer is None:
                self._try(unit)
            for root, obj in self.new_hidden:
                if root not in covered:
                    covered.add(root)
                    units.append(Unit([root], [obj], True))
        sets = _join(units)
        order = {name: n for n, name in enumerate(self.user_ns)}
        for members in sets:
            if not any(unit.changed for unit in members):
                continue
            merged = members[0]
            if len(members) > 1:
                merged = self._merge(members, order)
            if merged.failed is not None:
                self._refuse(members, frame)
            else:
                group = self._store(merged)
                carried = [root for unit in members if not unit.changed for root in unit.roots]
                if carried:
                    group['carried'] = carried
                frame['groups'].append(group)

    def _try(self, unit):
        try:
            unit.writer = deep(lambda: Writer(unit.members()).dump_roots(unit.objects))
        except Exception as error:
            unit.failed = self._explain(unit, error)

    def _explain(self, unit, error):
        """Walk again past whatever cannot be copied: what it is, and what else the root reaches."""
        if isinstance(error, RecursionError):
            return type(unit.objects[0]).__name__, 'it is nested too deeply, or makes new objects whenever it is copied'
        try:
            unit.writer = deep(lambda: Writer(unit.members(), tolerant=True).dump_roots(unit.objects))
        except Exception as second:
            return type(unit.objects[0]).__name__, '%s: %s' % (type(second).__name__, second)
        if unit.writer.found:
            obj, inner = unit.writer.found[0]
            kind = type(obj)
            text = str(inner) if isinstance(inner, Uncopyable) else '%s: %s' % (type(inner).__name__, inner)
            if obj is unit.objects[0]:
                return kind.__name__, text
            return type(unit.objects[0]).__name__, 'it holds a %s.%s: %s' % (kind.__module__, kind.__qualname__, text)
        return type(unit.objects[0]).__name__, '%s: %s' % (type(error).__name__, error)

    def _merge(self, members, order):
        pairs = {}
        for unit in members:
            for root, obj in zip(unit.roots, unit.objects):
                pairs[root] = obj
        roots = sorted(pairs, key=lambda root: (root.startswith('@'), order.get(root, 0)))
        merged = Unit(roots, [pairs[root] for root in roots], True)
        merged.failed = next((unit.failed for unit in members if unit.failed), None)
        if merged.failed is None:
            self._try(merged)
        return merged

    def _refuse(self, members, frame):
        bad = next((unit for unit in members if unit.failed), members[0])
        for unit in members:
            kind, reason = unit.failed or (None, None)
            for root, obj in zip(unit.roots, unit.objects):
                if kind is None:
                    kind_here = type(obj).__name__
                    reason_here = 'it shares an object with `%s`, a %s that cannot be copied (%s)' % (
                        bad.roots[0], *(bad.failed or ('value', 'unknown reason')))
                else:
                    kind_here, reason_here = kind, reason
                frame['uncopyable'].append({'root': root, 'type': kind_here, 'reason': reason_here[:2000]})

    def _store(self, unit):
        writer = unit.writer
        stream = self._put(writer.data)
        buffers = [self._put(arrays.buffer_bytes(array)) for array in writer.buffers]
        return {'roots': unit.roots, 'stream': stream, 'buffers': buffers}

    def _put(self, data):
        """Write data behind a gap for a tar header; [offset, length]."""
        offset = -(-(self.spool_end + SPOOL_UNIT) // SPOOL_UNIT) * SPOOL_UNIT
        view = memoryview(data).cast('B')
        done = 0
        while done < len(view):
            done += os.pwrite(self.spool_fd, view[done:done + (64 << 20)], offset + done)
        self.spool_end = offset + len(view)
        return [offset, len(view)]


_PARTS = ('display_formatter', 'events', 'magics_manager', 'history_manager', 'display_pub', 'displayhook', 'alias_manager',
          'extension_manager', 'compile', 'kernel', 'InteractiveTB', 'SyntaxTB', 'prefilter_manager', 'config',
          'input_transformer_manager', 'payload_manager', 'builtin_trap', 'display_trap', 'profile_dir', 'Completer', 'hooks',
          'logger', 'strdispatchers')


def _shell_parts(shell):
    """Objects of the shell that travel as references to the same part of the next cell's shell."""
    for name in _PARTS:
        part = getattr(shell, name, None)
        if part is not None:
            yield 'shell.' + name, part
    formatter = getattr(shell, 'display_formatter', None)
    for mime, part in getattr(formatter, 'formatters', {}).items():
        yield 'formatter.' + mime, part
    for name in ('ipython_display_formatter', 'mimebundle_formatter'):
        if getattr(formatter, name, None) is not None:
            yield 'formatter.' + name, getattr(formatter, name)
    for name, part in getattr(getattr(shell, 'magics_manager', None), 'registry', {}).items():
        yield 'magics.' + name, part


def _plain_component(root):
    return root.startswith('@a:') and root[3:] not in ambient.OBJECTS and not root.startswith('@a:patch:')


def _needs(code, statements):
    """Names whose opcodes would not come by the hook, and whether the code asks for subclasses that may not be loaded yet."""
    names, everything = set(), False
    stack = [(code, statements)]
    while stack:
        part, top = stack.pop()
        raw = part.co_code[::2]
        if DELETE_GLOBAL in raw or top and DELETE_NAME in raw:
            extended = 0
            for op, arg in zip(raw, part.co_code[1::2]):
                if op == dis.EXTENDED_ARG:
                    extended = (extended | arg) << 8
                    continue
                if op == DELETE_GLOBAL or op == DELETE_NAME:
                    names.add(part.co_names[extended | arg])
                extended = 0
        if top and SETUP_ANNOTATIONS in raw:
            names.add('__annotations__')
        if '__subclasses__' in part.co_names:
            everything = True
        stack.extend((const, False) for const in part.co_consts if type(const) is types.CodeType)
    return names, everything


def _join(units):
    """Sets of units that must travel together: they share a mutable object, or refer to each other's roots in a cycle."""
    parent = list(range(len(units)))

    def find(n):
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n
    owner, home = {}, {}
    for n, unit in enumerate(units):
        for root in unit.roots:
            if root.startswith('@'):
                home[root] = n
        if unit.writer is None or all(_plain_component(root) for root in unit.roots):
            continue
        for key in unit.writer.memo_objects():
            first = owner.setdefault(key, n)
            if first != n:
                parent[find(n)] = find(first)
    _join_cycles(units, parent, find, home)
    sets = {}
    for n, unit in enumerate(units):
        sets.setdefault(find(n), []).append(unit)
    return list(sets.values())


def _join_cycles(units, parent, find, home):
    """Tarjan's strongly connected components over the references between sets, without recursion."""
    edges = {}
    for n, unit in enumerate(units):
        for root in (unit.writer.refs if unit.writer else ()):
            if root in home and find(home[root]) != find(n):
                edges.setdefault(find(n), set()).add(find(home[root]))
    index, low, on, stack = {}, {}, set(), []
    for start in list(edges):
        if start in index:
            continue
        work = [(start, iter(edges.get(start, ())))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on.add(start)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on.add(other)
                    work.append((other, iter(edges.get(other, ()))))
                    break
                if other in on:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    while True:
                        member = stack.pop()
                        on.discard(member)
                        parent[find(member)] = find(node)
                        if member == node:
                            break
