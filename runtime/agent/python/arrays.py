"""numpy arrays and pandas objects: buffers out of band, views that keep their base, digests by pages and by columns."""
import hashlib
import mmap
import os
import sys
import types
import weakref

import _cellblock
from cellblock_agent import pickler
from cellblock_agent.pickler import Reader, Uncopyable

IN_BAND = 16 << 10      # smaller buffers ride in the stream
MAPPED = 1 << 20        # larger ones are mapped, not read
PAGE = mmap.PAGESIZE

np = None
pd = None


class Mapped(mmap.mmap):
    """A buffer of a layer, mapped private: the cell may write, the layer does not change."""

    def __new__(cls, fd, offset, length):
        self = super().__new__(cls, fd, length, access=mmap.ACCESS_COPY, offset=offset)
        self.origin = (fd, offset, length)
        self.where = _cellblock.address(self)[0]
        self.known_clean = None
        return self

    def clean(self):
        """Whether the content is still the layer's."""
        length = -(-len(self) // PAGE) * PAGE
        if not _cellblock.dirty(self.where, length):
            return True
        fd, offset, size = self.origin
        with mmap.mmap(fd, size, access=mmap.ACCESS_READ, offset=offset) as pristine:
            with memoryview(pristine) as one, memoryview(self) as other:
                return one == other


def make_buffer(fd, offset, length):
    """What a stream's buffer becomes: mapped when large, else a bytearray to be copied from."""
    if length >= MAPPED:
        return Mapped(fd, offset, length)
    return os.pread(fd, length, offset)


# ---- loading ----

def _numpy():
    global np
    if np is None:
        import numpy
        np = numpy
    return np


def _content(where):
    return Reader.active[-1].buffers[where]() if type(where) is int else where


def _array(cls, where, dtype, shape, order, writeable):
    _numpy()
    content = _content(where)
    if isinstance(content, Mapped):
        array = np.ndarray(shape, dtype, content, order=order)
    else:
        array = np.empty(shape, dtype, order)
        if array.nbytes:
            flat = array.reshape(-1, order='A').view(np.uint8) if dtype.itemsize else array
            flat[:] = np.frombuffer(content, np.uint8, array.nbytes)
    if cls is not None:
        array = array.view(cls)
    if not writeable:
        array.flags.writeable = False
    return array


def _view(cls, base, dtype, shape, strides, offset, writeable):
    _numpy()
    if isinstance(base, np.ndarray) and (dtype.hasobject or not base.flags.forc):
        array = _window(base, dtype, shape, strides, offset)
    else:
        array = np.ndarray(shape, dtype, _buffer_of(base), offset, strides)
    if cls is not None:
        array = array.view(cls)
    if not writeable and array.flags.writeable:
        array.flags.writeable = False
    return array


def _buffer_of(base):
    if isinstance(base, np.ndarray) and not base.flags.c_contiguous and base.flags.f_contiguous:
        return base.T
    return base


def _window(base, dtype, shape, strides, offset):
    """A view of base, where numpy does not lend a buffer (objects, or a base that is not contiguous)."""
    flat = base.reshape(-1, order='A') if base.flags.forc else np.lib.stride_tricks.as_strided(base, (base.size,), (base.itemsize,))
    start = offset // base.itemsize if base.itemsize else 0
    size = 1
    for extent in shape:
        size *= extent
    view = flat[start:start + size]
    if view.size == size and dtype == base.dtype:
        try:
            view.shape = shape
            view.strides = strides
            return view
        except (AttributeError, ValueError):
            pass
    return np.lib.stride_tricks.as_strided(flat[start:start + 1].view(dtype), shape, strides)


def _memmap(filename, dtype, mode, offset, shape, order):
    _numpy()
    return np.memmap(filename, dtype=dtype, mode=mode, offset=offset, shape=shape, order=order)


def _update(array, state):
    array.__dict__.update(state)


# ---- writing ----

def reduce_array(self, array):
    kind = type(array)
    cls = None if kind is np.ndarray else kind
    if cls is not None and not isinstance(array.base, (np.ndarray, type(None), Mapped)):
        if isinstance(array, np.memmap):
            return _reduce_memmap(array)
    if cls is not None and cls.__reduce__ is not np.ndarray.__reduce__ and cls.__reduce__ is not np.matrix.__reduce__:
        return NotImplemented
    state = ()
    if cls is not None and getattr(array, '__dict__', None):
        if cls.__setstate__ is not np.ndarray.__setstate__:
            return NotImplemented
        state = (dict(array.__dict__), None, None, _update)
    base = array.base
    dtype = array.dtype
    if base is None or isinstance(base, Mapped):
        if dtype.hasobject:
            return array.__reduce__()
        order = 'C' if array.flags.c_contiguous else 'F'
        if not array.flags.forc:
            array, order = np.array(array, order='C'), 'C'
        where = _place(self, array, base if isinstance(base, Mapped) else None)
        return (_array, (cls, where, dtype, array.shape, order, array.flags.writeable)) + state
    if dtype.hasobject and not isinstance(base, np.ndarray):
        return array.__reduce__()
    if isinstance(base, np.memmap):
        # A part of a file that can be opened again; offsets are counted from the whole map.
        pass
    if not isinstance(base, np.ndarray):
        base = _plain_base(array, base)
        if base is None:
            copy = np.array(array, order='K')
            where = _place(self, copy, None)
            return (_array, (cls, where, dtype, copy.shape, 'C' if copy.flags.c_contiguous else 'F',
                             array.flags.writeable)) + state
    start = base.__array_interface__['data'][0] if isinstance(base, np.ndarray) else _cellblock.address(base)[0]
    if isinstance(base, np.ndarray) and not base.flags.forc:
        start = np.byte_bounds(base)[0]
    offset = array.__array_interface__['data'][0] - start
    if self.digest:
        self.extra.append(base)
    return (_view, (cls, base, dtype, array.shape, array.strides, offset, array.flags.writeable)) + state


def _plain_base(array, base):
    """The object that lends array its memory, if it can be copied with it; None: copy the array alone."""
    if isinstance(base, memoryview) and base.obj is not None:
        base = base.obj
    if isinstance(base, (bytes, bytearray)):
        return base
    if isinstance(base, mmap.mmap):
        raise Uncopyable('it lies in a mapped file')
    import array as arrays
    if isinstance(base, arrays.array):
        return base
    return None


def _reduce_memmap(array):
    name = array.filename
    path = os.path.abspath(os.fspath(name)) if name is not None else ''
    if array.mode == 'r' and path.startswith(('/work/', '/tmp/', '/home/')):
        order = 'F' if array.flags.f_contiguous and not array.flags.c_contiguous else 'C'
        return _memmap, (name, array.dtype, 'r', array.offset, array.shape, order)
    raise Uncopyable('it is mapped to the file %s for writing' % (path or '(unnamed)'))


def _place(self, array, mapped):
    """Where the array's bytes go: into the digest, in band, or out of band."""
    if self.digest:
        if mapped is not None and array.nbytes == len(mapped) and mapped.clean():
            return 'mapped', id(mapped)
        return _hash(array)
    if array.nbytes < IN_BAND:
        return array.tobytes('A')
    self.buffers.append(array)
    return len(self.buffers) - 1


def _hash(array):
    if not array.nbytes:
        return b''
    flat = array if array.flags.forc else np.ascontiguousarray(array)
    return hashlib.blake2b(memoryview(flat.reshape(-1, order='A').view(np.uint8)), digest_size=16).digest()


def buffer_bytes(array):
    """The memory of an array that _place put out of band."""
    return memoryview(array.reshape(-1, order='A').view(np.uint8))


# ---- pandas ----

def _frame_set(frame, state):
    values, is_copy, attributes = state
    frame.__setstate__(values)
    frame.__dict__.update(attributes)
    if is_copy is not None:
        object.__setattr__(frame, '_is_copy', is_copy)


def _frame(cls):
    return cls.__new__(cls)


def reduce_frame(self, frame):
    reduced = frame.__reduce_ex__(5)
    if len(reduced) < 3 or not isinstance(reduced[2], dict) or reduced[0].__name__ != '__newobj__':
        return reduced
    is_copy = getattr(frame, '_is_copy', None)
    if isinstance(is_copy, weakref.ref) and is_copy() is None:
        is_copy = None
    state = reduced[2]
    if self.digest:
        state = {key: value for key, value in state.items() if key != '_mgr'}
        manager = frame._mgr
        state['axes'] = list(manager.axes)
        state['columns'] = [_column(self, frame, n) for n in range(_count(manager))]
        self.extra.append(manager)
        for array in manager.arrays:
            self.extra.append(array)
            base = getattr(array, 'base', None)
            while base is not None and isinstance(base, np.ndarray):
                self.extra.append(base)
                base = base.base
    return _frame, (type(frame),), (state, is_copy, _attributes(frame, reduced[2])), None, None, _frame_set


_FRAME_PARTS = frozenset(('_is_copy', '_mgr', '_item_cache', '_attrs', '_flags', '_name', '_cacher', '_cache', '_index'))


def _attributes(frame, state):
    """What was set on the object itself, which pandas does not save; accessors (`df.plot`) it keeps there when they are used."""
    return {key: value for key, value in frame.__dict__.items()
            if key not in _FRAME_PARTS and key not in state and not _is_accessor(type(frame), key)}


def _is_accessor(kind, name):
    return any(type(base.__dict__.get(name)).__name__ == 'CachedAccessor' for base in kind.__mro__)


def _count(manager):
    return 1 if manager.ndim == 1 else len(manager.items)


_column_tokens = {}


def _column(self, frame, number):
    """What stands for a column in a digest: its content, or the clean mapping that it lies in."""
    manager = frame._mgr
    array = manager.arrays[0] if manager.ndim == 1 else manager.iget_values(number)
    if not isinstance(array, np.ndarray) or array.dtype.hasobject:
        return array if not isinstance(array, np.ndarray) else [array.dtype, list(array.ravel(order='K'))]
    key = id(frame), number
    before = _column_tokens.get(key)
    mapped = _mapping_of(array)
    if mapped is not None and array.nbytes >= PAGE:
        token = (id(mapped), array.__array_interface__['data'][0] - mapped.where, array.strides, array.dtype.str, array.shape)
        if mapped.clean():
            _column_tokens[key] = (token, mapped)
            return token
    elif before is not None and _same_as_before(array, before):
        return before[0]
    return array.dtype, array.shape, _hash(array)


def _same_as_before(array, before):
    """A consolidated column: elsewhere now, but with the bytes that the layer holds."""
    (_, offset, strides, dtype, shape), mapped = before
    if array.dtype.str != dtype or array.shape != shape:
        return False
    fd, start, size = mapped.origin
    with mmap.mmap(fd, size, access=mmap.ACCESS_READ, offset=start) as pristine:
        old = np.ndarray(shape, dtype, pristine, offset, strides)
        same = bool(np.array_equal(old.view('u1') if old.flags.c_contiguous else old,
                                   array.view('u1') if old.flags.c_contiguous and array.flags.c_contiguous else array))
        del old
    return same


def _mapping_of(array):
    base = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, Mapped) else None


def reduce_without_cache(self, obj):
    """pandas fills `_cache` when an object is looked at."""
    reduced = obj.__reduce_ex__(5)
    if not self.digest or not isinstance(reduced, tuple) or len(reduced) < 3:
        return reduced
    return reduced[:2] + (_no_cache(reduced[2]),) + reduced[3:]


def _no_cache(state):
    if type(state) is dict:
        return {key: value for key, value in state.items() if key != '_cache'}
    if type(state) is tuple:
        return tuple(_no_cache(part) for part in state)
    return state


def reduce_index(self, index):
    """An Index is shared as an object (its name can be set), its data never: pandas treats them as immutable."""
    reduced = index.__reduce_ex__(5)
    data = getattr(index, '_data', None)
    if isinstance(data, np.ndarray):
        self.leaf(data)
        if data.base is not None:
            self.leaf(data.base)
    return reduced


def _immutable(names):
    found = set()
    for module, name in names:
        kind = getattr(sys.modules.get(module), name, None)
        if isinstance(kind, type):
            found.add(kind)
    return found


def _finder(kind):
    """Entries for numpy and pandas types, made when such a type is first met."""
    global np, pd
    root = (kind.__module__ or '').partition('.')[0] if isinstance(kind.__module__, str) else ''
    if np is None and 'numpy' in sys.modules:
        np = sys.modules['numpy']
    if np is not None:
        if issubclass(kind, np.ndarray):
            return reduce_array
        if issubclass(kind, (np.generic, np.dtype)):
            pickler.IMMUTABLE.add(kind)
            return None
    if 'pandas' in sys.modules:
        pd = sys.modules['pandas']
        if hasattr(pd, 'DataFrame') and issubclass(kind, (pd.DataFrame, pd.Series)):
            return reduce_frame
        if hasattr(pd, 'Index') and issubclass(kind, pd.Index):
            return reduce_index
        if root == 'pandas' and issubclass(kind, getattr(pd.api.extensions, 'ExtensionDtype', ())):
            pickler.IMMUTABLE.add(kind)
            return None
        if root == 'pandas' and issubclass(kind, getattr(pd.api.extensions, 'ExtensionArray', ())):
            return reduce_without_cache
    return None


pickler.late_dispatch.append(_finder)
