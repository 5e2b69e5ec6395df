"""Exact reductions for objects of C libraries: ctypes, Boost.Python, matplotlib's figures, and tracebacks."""
import ctypes
import operator
import sys
import types

from cellblock_agent import pickler
from cellblock_agent.pickler import Uncopyable, dispatch, dispatch_bases


# ---- ctypes: libraries are opened again, functions looked up again ----

def _library(kind, name, errno, last_error):
    return kind(name, use_errno=errno, use_last_error=last_error)


def _library_set(library, state):
    attributes, functions = state
    library.__dict__.update(attributes)
    for name, settings in functions.items():
        _set_function(getattr(library, name), settings)


def _settings(function):
    """argtypes, restype and errcheck where they are not what they are at first."""
    usual = function._restype_ if hasattr(function, '_restype_') else ctypes.c_int
    return (function.argtypes, (function.restype,) if function.restype is not usual else None,
            getattr(function, 'errcheck', None))


def _set_function(function, settings):
    arguments, result, check = settings
    if arguments is not None:
        function.argtypes = arguments
    if result is not None:
        function.restype = result[0]
    if check is not None:
        function.errcheck = check


def reduce_library(self, library):
    space = library.__dict__
    functions = {name: _settings(f) for name, f in space.items() if _is_function(f) and _owner(f) is library}
    attributes = {name: value for name, value in space.items()
                  if name not in functions and name not in ('_FuncPtr', '_handle', '_name')}
    flags = library._FuncPtr._flags_
    return (_library, (type(library), library._name, bool(flags & 8), bool(flags & 16)), (attributes, functions), None, None,
            _library_set)


def _is_function(obj):
    return isinstance(obj, ctypes._CFuncPtr)


def _owner(function):
    """The library that a foreign function was looked up in, None for other functions."""
    kept = function._objects
    owner = kept.get('0') if type(kept) is dict else None
    return owner if isinstance(owner, ctypes.CDLL) else None


def _cached_function(library, name):
    return getattr(library, name)


def _function(kind, library, name):
    if kind is None:
        return library[name]
    return kind((name, library))


def reduce_function(self, function):
    library, name = _owner(function), getattr(function, '__name__', None)
    if library is None or not isinstance(name, (str, int)):
        raise Uncopyable('it is a pointer to a function of a process that has ended')
    if library.__dict__.get(name) is function:
        return _cached_function, (library, name)
    kind = type(function)
    return (_function, (None if kind is library._FuncPtr else kind, library, name), _settings(function), None, None,
            _set_function)


_POINTER, _ARRAY, _FUNCTION = type(ctypes.POINTER(ctypes.c_int)), type(ctypes.c_int * 1), type(ctypes._CFuncPtr)
_STRUCTURES = (type(ctypes.Structure), type(ctypes.Union))


def _library_type(library):
    return library._FuncPtr


def _function_type(flags, result, arguments):
    if flags & ctypes._FUNCFLAG_PYTHONAPI:
        return ctypes.PYFUNCTYPE(result, *arguments)
    return ctypes.CFUNCTYPE(result, *arguments, use_errno=bool(flags & 8), use_last_error=bool(flags & 16))


def reduce_c_type(self, cls):
    """Types that ctypes makes on demand and keeps: asked for again, the same type comes back."""
    meta = type(cls)
    target = getattr(cls, '_type_', None)
    if meta is _POINTER and isinstance(target, type) and ctypes._pointer_type_cache.get(target) is cls:
        return ctypes.POINTER, (target,)
    if meta is _ARRAY and isinstance(target, type) and target * cls._length_ is cls:
        return operator.mul, (target, cls._length_)
    if meta is _FUNCTION:
        known = ctypes._c_functype_cache.values()
        if any(kind is cls for kind in known) or cls.__qualname__ == 'PYFUNCTYPE.<locals>.CFunctionType':
            return _function_type, (cls._flags_, cls._restype_, cls._argtypes_)
    return None


def _structure(meta, name, bases, space):
    return meta(name, bases, space)


def reduce_structure(self, cls):
    """A Structure or Union of the notebook: its fields lay it out anew."""
    space = {key: value for key, value in pickler.class_state(cls).items()
             if type(value).__module__ != '_ctypes' and key != '_fields_'}
    space['__module__'], space['__qualname__'] = cls.__module__, cls.__qualname__
    fields = cls.__dict__.get('_fields_')
    early = {key: space.pop(key) for key in ('__module__', '__qualname__', '_pack_', '_anonymous_') if key in space}
    return (_structure, (type(cls), cls.__name__, cls.__bases__, early), (space, fields), None, None, _structure_set)


def _structure_set(cls, state):
    space, fields = state
    for key, value in space.items():
        setattr(cls, key, value)
    if fields is not None and '_fields_' not in cls.__dict__:
        cls._fields_ = fields


# ---- ctypes data that lies in a library: found again by its symbol ----

class _Found(ctypes.Structure):
    _fields_ = [('file', ctypes.c_char_p), ('base', ctypes.c_void_p), ('symbol', ctypes.c_char_p), ('address', ctypes.c_void_p)]


def _symbol(address):
    """(file, symbol, distance) of what the dynamic linker knows at or before an address; None where that is nothing."""
    found = _Found()
    if not address or not ctypes.CDLL(None).dladdr(ctypes.c_void_p(address), ctypes.byref(found)) or not found.symbol:
        return None
    symbol = found.symbol.decode()
    try:
        if ctypes.addressof(ctypes.c_char.in_dll(_open(found.file.decode()), symbol)) != found.address:
            return None
    except (OSError, ValueError):
        return None
    return found.file.decode(), symbol, address - found.address


def _open(file):
    """The library of that file; the program itself cannot be opened by name (dlopen(3))."""
    try:
        return ctypes.CDLL(file)
    except OSError:
        return ctypes.CDLL(None)


def _in_library(kind, file, symbol):
    return kind.in_dll(_open(file), symbol)


def _pointer(kind, file, symbol, distance):
    return kind(ctypes.addressof(ctypes.c_char.in_dll(_open(file), symbol)) + distance)


def _null(kind):
    return kind()


def _lies_in_library(data):
    """For data that is no copy of its own (C's `stdout` by in_dll): where it is found."""
    if data._b_needsfree_ or data._b_base_ is not None:
        return None
    found = _symbol(ctypes.addressof(data))
    return found[:2] if found is not None and found[2] == 0 else None


def reduce_c_data(self, data):
    place = _lies_in_library(data)
    return (_in_library, (type(data), *place)) if place else NotImplemented


def reduce_c_pointer(self, data):
    """A pointer leads nowhere in another process, unless it is null or leads into a library."""
    place = _lies_in_library(data)
    if place:
        return _in_library, (type(data), *place)
    if type(data) in (ctypes.c_char_p, ctypes.c_wchar_p) and data._objects is not None:
        return type(data), (data._objects,)
    if not data:
        return _null, (type(data),)
    found = _symbol(data.value) if isinstance(data, ctypes.c_void_p) else None
    if found is None:
        raise Uncopyable('it is a pointer into a process that has ended')
    return _pointer, (type(data), *found)


# ---- Boost.Python ----

def _boost(function, args):
    return function(*args)


def _boost_set(obj, state):
    inner, attributes = state
    if inner is not None:
        obj.__setstate__(inner)
    obj.__dict__.update(attributes)


def reduce_boost(self, obj):
    """Boost.Python refuses an instance with attributes of its own: they travel beside it."""
    attributes = dict(obj.__dict__)
    if not attributes or getattr(obj, '__getstate_manages_dict__', False):
        return NotImplemented
    obj.__dict__.clear()
    try:
        reduced = obj.__reduce__()
    finally:
        obj.__dict__.update(attributes)
    inner = reduced[2] if len(reduced) > 2 else None
    return _boost, (reduced[0], reduced[1]), (inner, attributes), None, None, _boost_set


# ---- numexpr ----

def reduce_expression(self, compiled):
    return type(compiled), (compiled.signature, compiled.tempsig, compiled.program, compiled.constants, compiled.input_names)


# ---- tracebacks: the frames are made again, without their local variables ----

_frame_new = None


def _frame(code, space):
    global _frame_new
    if _frame_new is None:
        api = ctypes.pythonapi
        api.PyThreadState_Get.restype = ctypes.c_void_p
        api.PyFrame_New.restype = ctypes.py_object
        api.PyFrame_New.argtypes = [ctypes.c_void_p, ctypes.py_object, ctypes.py_object, ctypes.c_void_p]
        _frame_new = api.PyFrame_New
    return _frame_new(ctypes.pythonapi.PyThreadState_Get(), code, space, None if code.co_flags & 2 else id(space))


def _traceback(entries):
    made = None
    for code, where, last, line in reversed(entries):
        if where is None:
            space = pickler.context.user_ns
        else:
            module = sys.modules.get(where)
            space = module.__dict__ if module is not None else {'__name__': where, '__builtins__': {}}
        made = types.TracebackType(made, _frame(code, space), last, line)
    return made


def reduce_traceback(self, traceback):
    """Where an exception came through. Local variables of the frames stay behind."""
    entries = []
    while traceback is not None:
        frame = traceback.tb_frame
        space = frame.f_globals
        where = None if space is pickler.context.user_ns else str(space.get('__name__', ''))
        entries.append((frame.f_code, where, traceback.tb_lasti, traceback.tb_lineno))
        traceback = traceback.tb_next
    return _traceback, (entries,)


# ---- matplotlib ----

def _figure(kind):
    return kind.__new__(kind)


def _figure_set(figure, state):
    values, canvas, number = state
    figure.__setstate__(values)
    if canvas is not None:
        made = canvas(figure)
        if number is not None and hasattr(canvas, 'new_manager'):
            made.manager = canvas.manager_class(made, number)


def _reduce_figure(self, figure):
    """Whether a figure is open is pyplot's state, not the figure's; its canvas is made again of the same class."""
    state = figure.__getstate__()
    state.pop('_restore_to_pylab', None)
    if self.digest:
        for name in ('_stale', 'stale', '_cachedRenderer'):
            state.pop(name, None)
    manager = getattr(figure.canvas, 'manager', None)
    return (_figure, (type(figure),), (state, type(figure.canvas), getattr(manager, 'num', None)), None, None, _figure_set)


# ---- classes that refuse to be pickled by policy ----

def _refuses(kind):
    """patsy's classes: plain objects whose __getstate__ does nothing but raise NotImplementedError."""
    code = getattr(getattr(kind, '__getstate__', None), '__code__', None)
    return (code is not None and code.co_names[:1] == ('NotImplementedError',) and kind.__reduce_ex__ is object.__reduce_ex__
            and kind.__reduce__ is object.__reduce__ and kind.__basicsize__ <= object.__basicsize__ + 16)


def _plain_state(made, state):
    made.__dict__.update(state)


def _reduce_plain(self, made):
    return object.__new__, (type(made),), made.__dict__, None, None, _plain_state


def finder(kind):
    if _refuses(kind):
        return _reduce_plain
    if type(type(kind)).__name__ == 'type' and type(kind).__module__ == 'Boost.Python':
        return reduce_boost
    if kind.__qualname__ == 'NumExpr' and 'numexpr' in sys.modules:
        return reduce_expression
    figure = sys.modules.get('matplotlib.figure')
    if figure is not None and hasattr(figure, 'Figure') and issubclass(kind, figure.Figure):
        return _reduce_figure
    return None


def register():
    dispatch_bases.append((ctypes.CDLL, reduce_library))
    dispatch_bases.append((ctypes._CFuncPtr, reduce_function))
    for kind in (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_wchar_p, ctypes._Pointer):
        dispatch_bases.append((kind, reduce_c_pointer))
    for kind in (ctypes._SimpleCData, ctypes.Structure, ctypes.Union, ctypes.Array):
        dispatch_bases.append((kind, reduce_c_data))
    dispatch[types.TracebackType] = reduce_traceback
    pickler.late_dispatch.append(finder)


register()
