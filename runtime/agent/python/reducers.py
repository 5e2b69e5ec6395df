"""Exact reductions for live objects of the standard library that pickle refuses although they can be rebuilt."""
import _thread
import collections
import contextvars
import ctypes
import functools
import io
import itertools
import logging
import queue
import re
import sys
import threading
import types
import typing
import weakref

from cellblock_agent import pickler
from cellblock_agent.pickler import Uncopyable, dispatch, dispatch_bases, _attribute


# ---- descriptors and methods ----

def _bare(kind):
    return kind.__new__(kind)


def _staticmethod(kind, function):
    return kind(function)


def _update_dict(obj, state):
    obj.__dict__.update(state)


def _reduce_wrapped(self, obj):
    extra = {k: v for k, v in obj.__dict__.items() if getattr(obj.__func__, k, self) is not v}
    result = _staticmethod, (type(obj), obj.__func__)
    return result + (extra, None, None, _update_dict) if extra else result


def _reduce_property(self, obj):
    if type(obj) is not property:
        return NotImplemented
    return property, (obj.fget, obj.fset, obj.fdel, obj.__doc__)


def _reduce_method(self, obj):
    self.leaf(obj)
    return types.MethodType, (obj.__func__, obj.__self__)


def _class_attribute(cls, name):
    return cls.__dict__[name]


def _reduce_class_attribute(self, obj):
    self.leaf(obj)
    return _class_attribute, (obj.__objclass__, obj.__name__)


def _module_by_name(name):
    __import__(name)
    return sys.modules[name]


def _main_module():
    return sys.modules['__main__']


def _module(kind, name):
    return kind(name)


def _reduce_module(self, module):
    self.leaf(module)
    if pickler.is_main(None, module) or module.__dict__ is pickler.context.user_ns:
        return _main_module, ()
    name = module.__name__
    if self.whole and self.made_here(name) and sys.modules.get(name) is module:
        del self.leaves[id(module)]
        from cellblock_agent import imports
        return imports.module_by_value(self, module)
    if sys.modules.get(name) is module:
        return _module_by_name, (name,)
    for other, value in list(sys.modules.items()):
        if value is module:
            return _module_by_name, (other,)
    if module.__spec__ is None or type(module) is types.ModuleType and not hasattr(module, '__file__'):
        state = {k: v for k, v in module.__dict__.items() if k not in ('__builtins__', '__name__')}
        return _module, (type(module), name), state, None, None, _update_dict
    raise Uncopyable('the module %s is not in sys.modules' % name)


def _partial(kind, function):
    return kind(function)


def _hook():
    return pickler.context.hook


# ---- functools.lru_cache ----

_PLAIN_CALL = object()


def _lru_offsets():
    """Where the C object of functools.lru_cache keeps its function and counters, found by looking; None if elsewhere."""
    def probe():
        pass
    cached = functools.lru_cache(maxsize=77)(probe)
    words = ctypes.sizeof(ctypes.c_void_p)
    view = (ctypes.c_ssize_t * (type(cached).__basicsize__ // words)).from_address(id(cached))
    at = [n for n, value in enumerate(view) if value == id(probe)]
    sizes = [n for n, value in enumerate(view) if value == 77]
    cached()
    cached()
    cached()
    if len(at) != 1 or len(sizes) != 1:
        return None
    found = {'function': at[0], 'maxsize': sizes[0]}
    hits = [n for n, value in enumerate(view) if value == 2 and n > 1]
    misses = [n for n, value in enumerate(view) if value == 1 and n > 1 and n != 0]
    misses = [n for n in misses if abs(n - at[0]) < 4]
    if len(hits) != 1 or len(misses) != 1:
        return None
    return dict(found, hits=hits[0], misses=misses[0])


_offsets = None


def _lru_view(cached):
    words = ctypes.sizeof(ctypes.c_void_p)
    return (ctypes.c_ssize_t * (type(cached).__basicsize__ // words)).from_address(id(cached))


def lru_entries(cached):
    """[(key, result)] from the least to the most recently used."""
    import gc
    parameters = cached.cache_parameters()
    if parameters['maxsize'] == 0:
        return []
    attributes = cached.__dict__
    # The wrapper's traverse visits its links first (in order), then the cache.
    referents = gc.get_referents(cached)
    caches = [r for r in referents if type(r) is dict and r is not attributes]
    if len(caches) != 1:
        return None
    if parameters['maxsize'] is None:
        return list(caches[0].items())
    # Bounded: type, then key, result and type of each link, then cache, function, ….
    at = next(n for n, r in enumerate(referents) if r is caches[0])
    links = referents[1:at]
    if len(links) % 3 or len(links) // 3 != len(caches[0]):
        return None
    return list(zip(links[0::3], links[1::3]))


def _lru(function, maxsize, typed):
    return functools.lru_cache(maxsize=maxsize, typed=typed)(function)


def _lru_set(cached, state):
    """Put the entries back by calling a stand-in that returns them, then give the object its own function again."""
    global _offsets
    attributes, entries, hits, misses = state
    cached.__dict__.update(attributes)
    if _offsets is None:
        _offsets = _lru_offsets() or {}
    if not entries or not _offsets:
        return
    view = _lru_view(cached)
    real = cached.__wrapped__ if '__wrapped__' in cached.__dict__ else None
    if real is None or view[_offsets['function']] != id(real):
        return
    results = []

    def replay(*args, **keywords):
        return results.pop()
    keep = replay
    view[_offsets['function']] = id(keep)
    try:
        for key, result in entries:
            args, keywords = _lru_call(key)
            results.append(result)
            cached(*args, **keywords)
    finally:
        view[_offsets['function']] = id(real)
    view[_offsets['hits']] = hits
    view[_offsets['misses']] = misses


class _Mark:
    """Stands for functools' private separator between positional and keyword arguments in a key."""


def _lru_call(key):
    kind, parts, names = key
    keywords = dict(names)
    return parts, keywords


def _lru_key(cached, key):
    """(None, positional, keywords) of a cache key, or None when it is not understood."""
    typed = cached.cache_parameters()['typed']
    if type(key).__name__ == '_HashedSeq' or isinstance(key, list):
        key = tuple(key)
    if not isinstance(key, tuple):
        return None, (key,), ()
    if typed:
        return _typed_key(key)
    for n, part in enumerate(key):
        if type(part) is object:
            names = key[n + 1:]
            return None, key[:n], tuple(zip(names[::2], names[1::2]))
    return None, key, ()


def _typed_key(key):
    for n, part in enumerate(key):
        if type(part) is object:
            rest = key[n + 1:]
            count = (len(rest) - n) // 3 * 2
            names = rest[:count]
            return None, key[:n], tuple(zip(names[::2], names[1::2]))
    return None, key[:len(key) // 2], ()


def _reduce_lru(self, cached):
    wrapped = cached.__dict__.get('__wrapped__')
    module = getattr(cached, '__module__', None)
    if module and pickler.find_global(module, getattr(cached, '__qualname__', '')) is cached:
        self.leaf(cached)
        return cached.__qualname__
    if wrapped is None:
        raise Uncopyable('its cached function is not known')
    parameters = cached.cache_parameters()
    info = cached.cache_info()
    entries = lru_entries(cached) or []
    entries = [(_lru_key(cached, key), result) for key, result in entries]
    state = dict(cached.__dict__), entries, info.hits, info.misses
    return _lru, (wrapped, parameters['maxsize'], parameters['typed']), state, None, None, _lru_set


# ---- locks and queues ----

def _reduce_lock(self, lock):
    if lock.locked():
        raise Uncopyable('the lock is held')
    return _thread.allocate_lock, ()


def _reduce_rlock(self, lock):
    if 'count=0' not in repr(lock):
        raise Uncopyable('the lock is held')
    return threading.RLock, ()


def _queue_set(target, items):
    for item in items:
        target.put(item)


def _reduce_simple_queue(self, waiting):
    items = []
    while True:
        try:
            items.append(waiting.get_nowait())
        except queue.Empty:
            break
    for item in items:
        waiting.put(item)
    return queue.SimpleQueue, (), items, None, None, _queue_set


def _reduce_local(self, local):
    return threading.local, (), dict(local.__dict__), None, None, _update_dict


# ---- files ----

class _Closer(io.StringIO):
    pass


def _closed_file(kind, name, mode, encoding, errors, newline):
    import os
    binary = 'b' in mode
    raw = io.FileIO(os.open('/dev/null', os.O_RDWR), {'r': 'r', 'w': 'w', 'a': 'w', 'x': 'w'}[mode[0]])
    raw.name = name
    raw.mode_text = mode
    if kind == 'FileIO':
        raw.close()
        return raw
    buffered = {'BufferedReader': io.BufferedReader, 'BufferedWriter': io.BufferedWriter,
                'BufferedRandom': io.BufferedWriter}[kind if binary else 'BufferedReader' if mode[0] == 'r' else 'BufferedWriter'](raw)
    made = buffered if binary else io.TextIOWrapper(buffered, encoding=encoding, errors=errors)
    if not binary:
        made.mode = mode
    made.close()
    return made


def _reduce_file(self, file):
    if id(file) in pickler.context.streams:
        return pickler.reduce_stream(self, file)
    if not file.closed:
        raise Uncopyable('it is an open file (%s)' % (getattr(file, 'name', '?'),))
    mode = getattr(file, 'mode', 'r')
    text = isinstance(file, io.TextIOWrapper)
    if not isinstance(mode, str) or 'r' not in mode and 'w' not in mode and 'a' not in mode and 'x' not in mode:
        mode = 'r' if text else 'rb'
    if not text and 'b' not in mode:
        mode += 'b'
    return _closed_file, (type(file).__name__, getattr(file, 'name', None), mode,
                          file.encoding if text else None, file.errors if text else None, None)


def _stringio(text, where, newline, state):
    made = io.StringIO()
    made.__setstate__((text, newline, where, state))
    return made


# ---- views, matches, weak references ----

_View = {type({}.keys()): 'keys', type({}.values()): 'values', type({}.items()): 'items'}


def _call(owner, name):
    return getattr(owner, name)()


def _reduce_view(self, view):
    import gc
    owner = gc.get_referents(view)[0]
    return _call, (owner, _View[type(view)])


def _reduce_ordered_view(self, view):
    import gc
    owner = gc.get_referents(view)[0]
    return _call, (owner, type(view).__name__.rpartition('_')[2])


def _reduce_proxy(self, proxy):
    import gc
    inner = gc.get_referents(proxy)[0]
    if isinstance(inner, dict):
        for cls in _classes_with_dict(proxy):
            return _class_dict, (cls,)
    return types.MappingProxyType, (inner,)


def _classes_with_dict(proxy):
    found = proxy.get('__dict__') or proxy.get('__weakref__')
    owner = getattr(found, '__objclass__', None)
    if owner is not None and dict(vars(owner)) == dict(proxy):
        yield owner


def _class_dict(cls):
    return vars(cls)


def _match(pattern, text, pos, endpos, how, span):
    for search in (getattr(pattern, how), pattern.search, pattern.match, pattern.fullmatch):
        found = search(text, pos, endpos)
        if found is not None and found.span() == span:
            return found
    for found in pattern.finditer(text, pos, endpos):
        if found.span() == span:
            return found
    return pattern.match(text, span[0], endpos)


def _reduce_match(self, match):
    self.leaf(match)
    found = match.re.search(match.string, match.pos, match.endpos)
    how = 'search' if found is not None and found.span() == match.span() else 'match'
    return _match, (match.re, match.string, match.pos, match.endpos, how, match.span())


class _Gone:
    pass


def _dead_ref():
    return weakref.ref(_Gone())


def _ref(target, callback):
    return weakref.ref(target, callback) if callback is not None else weakref.ref(target)


def _reduce_ref(self, ref):
    target = ref()
    if target is None:
        return _dead_ref, ()
    return _ref, (target, getattr(ref, '__callback__', None))


def _weak_method(target, function):
    return weakref.WeakMethod(types.MethodType(function, target))


def _reduce_weak_method(self, ref):
    method = ref()
    if method is None:
        return _dead_ref, ()
    return _weak_method, (method.__self__, method.__func__)


def _weak_set(target, items):
    for item in items:
        target.add(item)


def _weak_dict(target, items):
    for key, value in items:
        target[key] = value


def _reduce_weak_set(self, obj):
    return _bare_call, (type(obj),), list(obj), None, None, _weak_set


def _reduce_weak_dict(self, obj):
    return _bare_call, (type(obj),), list(obj.items()), None, None, _weak_dict


def _bare_call(kind):
    return kind()


def _proxy(target):
    return weakref.proxy(target)


# ---- odds and ends ----

_variables = {}


def _context_variable(key, name, default):
    if key not in _variables:
        made = contextvars.ContextVar(name, **({'default': default[0]} if default else {}))
        _variables[key] = made
        _variable_keys[id(made)] = key, made
    return _variables[key]


_variable_keys = {}


def _context_set(variable, value):
    if value:
        variable.set(value[0])


def _reduce_context_variable(self, variable):
    import os
    if id(variable) not in _variable_keys:
        key = os.urandom(8)
        _variables[key] = variable
        _variable_keys[id(variable)] = key, variable
    default = contextvars.Context().run(_default_of, variable)
    try:
        value = (variable.get(),)
    except LookupError:
        value = ()
    return (_context_variable, (_variable_keys[id(variable)][0], variable.name, default), value, None, None, _context_set)


def _default_of(variable):
    try:
        return (variable.get(),)
    except LookupError:
        return ()


def _logger(name):
    return logging.getLogger(name)


def _reduce_logger(self, logger):
    if logging.Logger.manager.loggerDict.get(logger.name) is logger or logger is logging.root:
        self.leaf(logger)
        return logging.getLogger, (() if logger is logging.root else (logger.name,))
    return NotImplemented


def _memoryview(obj, form, shape):
    view = memoryview(obj)
    return view.cast('B').cast(form, shape) if (view.format, view.shape) != (form, tuple(shape)) else view


def _reduce_memoryview(self, view):
    owner = view.obj
    if owner is None or not view.contiguous:
        raise Uncopyable('its memory is not contiguous')
    if memoryview(owner).nbytes != view.nbytes:
        with memoryview(owner).cast('B') as whole:
            import _cellblock
            start = _cellblock.address(view)[0] - _cellblock.address(whole)[0]
        return _memoryview_slice, (owner, start, view.nbytes, view.format, view.shape)
    return _memoryview, (owner, view.format, view.shape)


def _memoryview_slice(owner, start, length, form, shape):
    view = memoryview(owner).cast('B')[start:start + length]
    return view.cast(form, shape) if form != 'B' or len(shape) != 1 else view


def _exception_set(error, state):
    attributes, cause, context, suppress, attributes_c, traceback = state
    error.__traceback__ = traceback
    if attributes:
        error.__dict__.update(attributes)
    error.__cause__ = cause
    error.__context__ = context
    error.__suppress_context__ = suppress
    for name, value in attributes_c:
        setattr(error, name, value)


def _own_exception_set(error, state):
    """For exceptions that say themselves how they are pickled."""
    inner, cause, context, suppress, traceback = state
    if inner is not None:
        error.__setstate__(inner)
    error.__cause__ = cause
    error.__context__ = context
    error.__suppress_context__ = suppress
    error.__traceback__ = traceback


def _exception(cls, args, state):
    error = cls.__new__(cls, *args)
    BaseException.__setstate__(error, None)
    error.args = args
    return error


_C_FIELDS = ('errno', 'strerror', 'filename', 'filename2', 'msg', 'lineno', 'offset', 'text', 'end_lineno', 'end_offset',
             'print_file_and_line', 'name', 'path', 'obj', 'code', 'value', 'encoding', 'object', 'start', 'end', 'reason')


def _reduce_exception(self, error):
    """Exceptions travel with their cause, context, notes and traceback, the frames of it without local variables."""
    kind = type(error)
    if kind.__reduce__ not in (BaseException.__reduce__, OSError.__reduce__, ImportError.__reduce__) \
            or kind.__reduce_ex__ is not object.__reduce_ex__ or isinstance(error, BaseExceptionGroup):
        reduced = error.__reduce_ex__(5)
        if type(reduced) is not tuple or len(reduced) > 3:
            return reduced
        state = (reduced[2] if len(reduced) > 2 else None, error.__cause__, error.__context__, error.__suppress_context__,
                 error.__traceback__)
        return reduced[:2] + (state, None, None, _own_exception_set)
    fields = []
    for name in _C_FIELDS:
        descriptor = getattr(kind, name, None)
        if isinstance(descriptor, (types.MemberDescriptorType, types.GetSetDescriptorType)):
            value = getattr(error, name, None)
            if value is not None:
                fields.append((name, value))
    state = (dict(error.__dict__) or None, error.__cause__, error.__context__, error.__suppress_context__, fields,
             error.__traceback__)
    return _exception, (kind, error.args, None), state, None, None, _exception_set


def _union(*parts):
    return functools.reduce(lambda a, b: a | b, parts)


def _file_handler_set(handler, state):
    handler.__dict__.update(state)
    handler.createLock()


def _log_handler(kind):
    return kind.__new__(kind)


def _reduce_log_handler(self, handler):
    """The lock is made anew; a file that is open for logging is opened again, to be appended to, at the next record."""
    state = dict(handler.__dict__)
    state.pop('lock', None)
    if isinstance(handler, logging.FileHandler) and state.get('stream') is not None:
        handler.flush()
        state['stream'] = None
        state['mode'] = 'a'
    return _log_handler, (type(handler),), state, None, None, _file_handler_set


def _iterator_error(what):
    def refuse(self, obj):
        raise Uncopyable('it is a %s, whose place in its code cannot be copied' % what)
    return refuse


def _shell():
    from IPython import get_ipython
    return get_ipython()


def _reduce_shell(self, shell):
    self.leaf(shell)
    return _shell, ()


def _type_variable(kind, name, constraints, keywords, module):
    made = kind(name, *constraints, **keywords)
    made.__module__ = module
    return made


def _reduce_type_variable(self, variable):
    """By value: their own way is the name that they have in their module, which for __main__ leads back here."""
    if pickler.find_global(variable.__module__, variable.__name__) is variable:
        return NotImplemented
    keywords = {name: getattr(variable, '__%s__' % name) for name in ('bound', 'covariant', 'contravariant')
                if getattr(variable, '__%s__' % name, None)}
    constraints = getattr(variable, '__constraints__', ())
    return _type_variable, (type(variable), variable.__name__, constraints, keywords, variable.__module__)


def _new_type(name, supertype, module):
    made = typing.NewType(name, supertype)
    made.__module__ = module
    return made


def _reduce_new_type(self, made):
    if pickler.find_global(made.__module__, made.__qualname__) is made:
        return NotImplemented
    return _new_type, (made.__qualname__, made.__supertype__, made.__module__)


def _reduce_comparer(self, key):
    import gc
    compare = [r for r in gc.get_referents(key) if callable(r) and not isinstance(r, type)]
    return functools.cmp_to_key, (compare[0],)


def _generic_finder(kind):
    module = kind.__module__
    if type(module) is not str:
        module = ''
    shell = sys.modules.get('IPython.core.interactiveshell')
    if shell is not None and hasattr(shell, 'InteractiveShell') and issubclass(kind, shell.InteractiveShell):
        return _reduce_shell
    if issubclass(kind, BaseException):
        return _reduce_exception
    if issubclass(kind, logging.Handler):
        return _reduce_log_handler
    if module.partition('.')[0] == 'sympy':
        basic = getattr(sys.modules.get('sympy.core.basic'), 'Basic', None)
        if basic is not None and issubclass(kind, basic):
            pickler.IMMUTABLE.add(kind)
    return None


def register():
    for kind in (staticmethod, classmethod):
        dispatch[kind] = _reduce_wrapped
    dispatch[property] = _reduce_property
    dispatch[types.MethodType] = _reduce_method
    for kind in (types.GetSetDescriptorType, types.MemberDescriptorType, types.WrapperDescriptorType,
                 types.ClassMethodDescriptorType):
        dispatch[kind] = _reduce_class_attribute
    dispatch[types.ModuleType] = _reduce_module
    dispatch_bases.append((types.ModuleType, _reduce_module))
    dispatch[type(functools.lru_cache(_shell))] = _reduce_lru
    dispatch[_thread.LockType] = _reduce_lock
    dispatch[_thread.RLock] = _reduce_rlock
    dispatch[queue.SimpleQueue] = _reduce_simple_queue
    dispatch[threading.local] = _reduce_local
    for kind in (io.TextIOWrapper, io.BufferedReader, io.BufferedWriter, io.BufferedRandom, io.FileIO):
        dispatch[kind] = _reduce_file
    for kind in _View:
        dispatch[kind] = _reduce_view
    ordered = collections.OrderedDict()
    for view in (ordered.keys(), ordered.values(), ordered.items()):
        dispatch[type(view)] = _reduce_ordered_view
    dispatch[types.MappingProxyType] = _reduce_proxy
    dispatch[re.Match] = _reduce_match
    dispatch[weakref.ref] = _reduce_ref
    dispatch[weakref.WeakMethod] = _reduce_weak_method
    dispatch[weakref.WeakSet] = _reduce_weak_set
    dispatch[weakref.WeakKeyDictionary] = _reduce_weak_dict
    dispatch[weakref.WeakValueDictionary] = _reduce_weak_dict
    dispatch[contextvars.ContextVar] = _reduce_context_variable
    dispatch_bases.append((logging.Logger, _reduce_logger))
    dispatch[memoryview] = _reduce_memoryview
    for kind in (typing.TypeVar, typing.ParamSpec, typing.TypeVarTuple):
        dispatch[kind] = _reduce_type_variable
    dispatch[typing.NewType] = _reduce_new_type
    dispatch[type(functools.cmp_to_key(_shell))] = _reduce_comparer
    dispatch[types.GeneratorType] = _iterator_error('generator')
    dispatch[types.CoroutineType] = _iterator_error('coroutine')
    dispatch[types.AsyncGeneratorType] = _iterator_error('asynchronous generator')
    dispatch[types.FrameType] = _iterator_error('frame')
    pickler.late_dispatch.append(_generic_finder)
    # Immutable values of the standard library: sharing one joins nothing.
    import datetime
    import decimal
    import fractions
    import pathlib
    import uuid
    pickler.IMMUTABLE.update((datetime.date, datetime.time, datetime.datetime, datetime.timedelta, datetime.timezone,
                              decimal.Decimal, fractions.Fraction, uuid.UUID, re.Pattern, pathlib.PosixPath,
                              pathlib.PurePosixPath, pathlib.PureWindowsPath, types.MethodType, property))


register()
