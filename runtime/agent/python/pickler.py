"""How one group of objects becomes a stream, and a stream objects again.

A stream is three pickles made by one Pickler: a fixed prologue, the list of the group's roots, and nothing else; the prologue
gives memo entries to three dictionaries that must travel as references although `reducer_override` never sees plain
dictionaries: the notebook's namespace, the builtins and sys.modules.

`Writer` makes streams, `Digester` makes a digest of the same walk, `Reader` loads. What they need to know of the notebook
(namespace, roots, cell sources) they take from `context`, set by values.Namespace.
"""
import builtins
import copyreg
import enum
import hashlib
import io
import marshal
import pickle
import sys
import threading
import types


class Context:
    """The notebook as the pickler sees it: one for each process."""

    def __init__(self):
        self.user_ns = {}
        self.load_root = None       # root id -> object
        self.code_loaded = None     # called with each code object that a stream brings
        self.sources = {}           # file name -> (file name, number, source)
        self.adopt_source = None    # called with a record of a source that a stream brings
        self.hidden = {}            # id(object) -> (root id, object) for classes and functions that are roots
        self.new_root = None        # (kind, object) -> root id
        self.hook = None            # the namespace's __builtins__
        self.streams = {}           # id(object) -> name, for the streams of this process
        self.stream_objects = {}    # name -> object
        self.is_stateful = None     # (name, module) -> whether the notebook made this module
        self.original = None        # (module, name, object) -> whether that is what stood there in the zygote


context = Context()

#: called when a value and whatever it refers to are loaded
after_load = []


class Uncopyable(Exception):
    """Raised by a reducer: the object holds live state; str() is the reason."""


# ---- references to objects that are attributes of modules ----

_index = {}
_indexed = {}
_PLAIN = (type(None), bool, int, float, complex, str, bytes, tuple, list, dict, set, frozenset, type, type(len), type(sys),
          types.FunctionType, types.MethodType, property, classmethod, staticmethod, type(NotImplemented), type(...),
          types.GenericAlias, types.CodeType)
_PLAIN_SET = frozenset(_PLAIN)


def is_main(name, module):
    """Whether this is the notebook's own module, under whatever name (multiprocessing calls it __mp_main__ as well)."""
    return name == '__main__' or getattr(module, '__name__', None) == '__main__'


def index_modules():
    """Index what loaded modules hold, so that such an object travels as 'module.attribute'."""
    for name, module in list(sys.modules.items()):
        if _indexed.get(name) is module:
            continue
        _indexed[name] = module
        if not isinstance(module, types.ModuleType) or is_main(name, module) or name.startswith('cellblock_agent'):
            continue
        if context.is_stateful is not None and context.is_stateful(name, module):
            continue
        space = getattr(module, '__dict__', None)
        if type(space) is not dict or getattr(module, '__spec__', None) is None:
            continue
        for attribute, value in list(space.items()):
            kind = type(value)
            if kind in _PLAIN_SET or isinstance(kind, enum.EnumMeta) or issubclass(kind, type):
                continue
            if type(attribute) is str and not (attribute.startswith('__') and attribute.endswith('__')):
                _index.setdefault(id(value), (name, attribute))


def module_reference(obj):
    """(module, attribute) where obj is found by identity, or None."""
    if len(_indexed) != len(sys.modules):
        index_modules()
    found = _index.get(id(obj))
    if found is None:
        return None
    module = sys.modules.get(found[0])
    if module is None or module.__dict__.get(found[1]) is not obj:
        return None
    return found


def _original(module, name):
    """What the image's module held under this name before a cell patched it."""
    from cellblock_agent import imports
    __import__(module)
    return imports.original(module, name)


def _stream(name):
    return context.stream_objects[name]


def reduce_stream(self, obj):
    name = context.streams.get(id(obj))
    if name is None:
        return None
    self.leaf(obj)
    return _stream, (name,)


def _attribute(module, name):
    __import__(module)
    return getattr(sys.modules[module], name)


# ---- the prologue ----

class _Seed:
    def __init__(self, number):
        self.number = number

    def __reduce__(self):
        return _seed, (self.number,)


def _seed(number):
    return (context.user_ns, builtins.__dict__, sys.modules)[number]


def _make_prologue():
    out = io.BytesIO()
    seeds = [_Seed(n) for n in range(3)]
    maker = pickle.Pickler(out, 5)
    maker.dump(seeds)
    memo = maker.memo.copy()
    return out.getvalue(), memo, [memo[id(seed)][0] for seed in seeds], seeds


_prologue, _prologue_memo, _seed_slots, _keep_seeds = _make_prologue()


def _seeded_memo():
    memo = dict(_prologue_memo)
    for number, slot in enumerate(_seed_slots):
        memo.pop(id(_keep_seeds[number]))
        target = _seed(number)
        memo[id(target)] = (slot, target)
    return memo


# ---- code, functions, cells ----

def _code(data, source=None):
    code = marshal.loads(data)
    if source is not None and source[0] not in context.sources:
        context.sources[source[0]] = source
        if context.adopt_source:
            context.adopt_source(source)
    if context.code_loaded:
        context.code_loaded(code)
    return code


def _cell():
    return types.CellType()


def _cell_set(cell, content):
    cell.cell_contents = content[0]


def _function(code, where, name, closure):
    if where is None:
        space = context.user_ns
    elif type(where) is str:
        __import__(where)
        space = sys.modules[where].__dict__
    else:
        space = where
    return types.FunctionType(code, space, name, None, closure)


def _function_set(function, state):
    defaults, keywords, attributes, annotations, doc, module, qualname = state
    function.__defaults__ = defaults
    if keywords is not None:
        function.__kwdefaults__ = keywords
    if attributes:
        function.__dict__.update(attributes)
    if annotations:
        function.__annotations__ = annotations
    function.__doc__ = doc
    function.__module__ = module
    function.__qualname__ = qualname


def reduce_code(self, code):
    if self.digest:
        self.leaf(code)
        return int, (id(code),)
    return _code, (marshal.dumps(code), context.sources.get(code.co_filename))


def reduce_cell(self, cell):
    try:
        content = (cell.cell_contents,)
    except ValueError:
        return _cell, ()
    return _cell, (), content, None, None, _cell_set


def find_global(module_name, qualname):
    """What an import of module_name finds under qualname, or None."""
    module = sys.modules.get(module_name)
    if module is None or is_main(module_name, module):
        return None
    found = module
    try:
        for part in qualname.split('.'):
            if part == '<locals>':
                return None
            found = getattr(found, part)
    except Exception:
        return None
    return found


def is_root_function(function):
    return (function.__globals__ is context.user_ns and function.__closure__ is None
            and '.' not in function.__qualname__ and function.__name__ != '<lambda>' and function.__qualname__ != '<lambda>')


def _root(root_id):
    return context.load_root(root_id)


def reduce_function(self, function):
    if function.__globals__ is not context.user_ns:
        name = getattr(function, '__module__', None)
        if self.whole and self.made_here(function.__globals__.get('__name__')):
            return function_by_value(self, function)
        if type(name) is str and find_global(name, function.__qualname__) is function:
            if name == self.patched and not context.original(name, function.__qualname__.partition('.')[0], None):
                return function_by_value(self, function)
            self.leaf(function)
            return NotImplemented
        if context.original is not None and context.original(name, function.__qualname__, function):
            self.leaf(function)
            return _original, (name, function.__qualname__)
        reference = _index_function(function)
        if reference:
            self.leaf(function)
            return _attribute, reference
    elif is_root_function(function):
        reference = self.root_reference('f', function)
        if reference:
            return reference
    return function_by_value(self, function)


def _index_function(function):
    """A function that a module holds under another name than its own."""
    module = sys.modules.get(getattr(function, '__module__', None) or '')
    if module is None or module is sys.modules.get('__main__'):
        return None
    name = function.__name__
    return (module.__name__, name) if module.__dict__.get(name) is function else None


def _globals_reference(space):
    if space is context.user_ns:
        return None
    name = space.get('__name__')
    module = sys.modules.get(name) if type(name) is str else None
    if module is not None and getattr(module, '__dict__', None) is space:
        return name
    for name, module in list(sys.modules.items()):
        if getattr(module, '__dict__', None) is space:
            return name
    return space


def function_by_value(self, function):
    attributes = function.__dict__
    state = (function.__defaults__, function.__kwdefaults__, attributes or None, function.__annotations__ or None,
             function.__doc__, function.__module__, function.__qualname__)
    return (_function, (function.__code__, _globals_reference(function.__globals__), function.__name__,
                        function.__closure__), state, None, None, _function_set)


# ---- classes ----

_SKIP = frozenset(('__dict__', '__weakref__', '_abc_impl', '__abstractmethods__', '__slots__', '__slotnames__'))


def is_importable_class(cls):
    name = cls.__dict__.get('__module__') if type(cls).__name__ != 'type' else None
    name = name if type(name) is str else getattr(cls, '__module__', None)
    return type(name) is str and find_global(name, cls.__qualname__) is cls


def reduce_class(self, cls):
    special = _SPECIAL_TYPES.get(cls)
    if special is not None:
        self.leaf(cls)
        return type, (special,)
    if self.whole and self.made_here(cls.__module__) and is_importable_class(cls):
        return class_by_value(self, cls)
    if is_importable_class(cls):
        self.leaf(cls)
        return NotImplemented
    if context.original is not None and context.original(cls.__module__, cls.__qualname__, cls):
        self.leaf(cls)
        return _original, (cls.__module__, cls.__qualname__)
    if type(cls).__module__ == '_ctypes':
        from cellblock_agent import libraries
        reduced = libraries.reduce_c_type(self, cls)
        if reduced is not None:
            self.leaf(cls)
            return reduced
    reference = _class_elsewhere(cls)
    if reference:
        self.leaf(cls)
        return _attribute, reference
    if not cls.__flags__ & _HEAP_TYPE:
        reference = _static_type(cls)
        self.leaf(cls)
        if reference is not None:
            return _attribute, reference
        sample = _sample_of(cls)
        if sample is None:
            raise Uncopyable('the built-in type %s is in no module' % cls.__qualname__)
        return type, (sample,)
    reference = self.root_reference('c', cls)
    return reference or class_by_value(self, cls)


_HEAP_TYPE = 1 << 9                     # Py_TPFLAGS_HEAPTYPE


def _static_type(cls):
    """A type written in C has no body to copy: some module must hold it, whatever it says of itself."""
    for name, module in list(sys.modules.items()):
        if is_main(name, module):
            continue
        for key, value in list(getattr(module, '__dict__', {}).items()):
            if value is cls:
                return name, key
    return None


def _sample_of(cls):
    """A class of a module whose metaclass is cls, where no module names cls itself."""
    for name, module in list(sys.modules.items()):
        for value in list(getattr(module, '__dict__', {}).values()) if not is_main(name, module) else ():
            if type(value) is cls and isinstance(value, type) and is_importable_class(value):
                return value
    return None


def _class_elsewhere(cls):
    """Classes that a module holds under another name than their own, or built-in types that only `types` names."""
    if not cls.__flags__ & _HEAP_TYPE:
        for name, value in vars(types).items():
            if value is cls:
                return 'types', name
    name = getattr(cls, '__module__', None)
    module = sys.modules.get(name) if type(name) is str else None
    if module is not None and not is_main(name, module):
        space = getattr(module, '__dict__', {})
        if space.get(cls.__name__) is cls:
            return name, cls.__name__
        for key, value in list(space.items()):
            if value is cls:
                return name, key
    return None


_SPECIAL_TYPES = {type(None): None, type(NotImplemented): NotImplemented, type(...): ...}


def class_state(cls):
    """The items of cls.__dict__ that a skeleton lacks."""
    slots = cls.__dict__.get('__slots__')
    state = {}
    for key, value in cls.__dict__.items():
        if key in _SKIP:
            continue
        if slots is not None and isinstance(value, types.MemberDescriptorType) and value.__objclass__ is cls:
            continue
        if isinstance(value, types.GetSetDescriptorType) and value.__objclass__ is cls:
            continue
        state[key] = value
    return state


def class_by_value(self, cls):
    meta = type(cls)
    abstract = None
    if '_abc_impl' in cls.__dict__:
        abstract = (sorted(cls.__dict__.get('__abstractmethods__', ())), _abc_registry(cls))
    state = class_state(cls)
    if meta.__module__ == '_ctypes':
        from cellblock_agent import libraries
        return libraries.reduce_structure(self, cls)
    if not _plain_metaclass(meta):
        return _class_through, (meta, cls.__name__, cls.__bases__, state)
    keep = {key: cls.__dict__[key] for key in ('__slots__',) if key in cls.__dict__}
    keep['__module__'] = cls.__dict__.get('__module__', cls.__module__)
    keep['__qualname__'] = cls.__qualname__
    if self.digest:
        state.pop('_abc_impl', None)
    return (_class, (meta, cls.__name__, cls.__bases__, keep, abstract is not None), (state, abstract), None, None, _class_set)


def _plain_metaclass(meta):
    """Whether type.__new__(meta, …) is safe: no C metaclass with a tp_new of its own between meta and type."""
    for base in meta.__mro__:
        if base is type:
            return True
        if '__new__' in base.__dict__ and not isinstance(base.__dict__['__new__'], (staticmethod, types.FunctionType)):
            return False
    return False


def _abc_registry(cls):
    import _abc
    return [ref() for ref in _abc._get_dump(cls)[0] if ref() is not None]


def _silent_init_subclass(bases):
    """Class whose __init_subclass__ type.__new__ would call; it ran once already, in the cell that made the class."""
    for base in bases:
        for parent in base.__mro__:
            if '__init_subclass__' in parent.__dict__:
                if parent is object or not parent.__flags__ & _HEAP_TYPE:
                    break
                return parent
    return None


def _nothing(cls, **keywords):
    pass


def _class(meta, name, bases, keep, abstract):
    quiet = []
    try:
        while True:
            parent = _silent_init_subclass(bases)
            if parent is None or any(parent is other for other, _ in quiet):
                break
            quiet.append((parent, parent.__dict__['__init_subclass__']))
            type.__setattr__(parent, '__init_subclass__', classmethod(_nothing))
        cls = type.__new__(meta, name, bases, dict(keep))
    finally:
        for parent, original in quiet:
            type.__setattr__(parent, '__init_subclass__', original)
    if abstract:
        import _abc
        _abc._abc_init(cls)
    return cls


def _class_through(meta, name, bases, state):
    return meta.__new__(meta, name, bases, {k: v for k, v in state.items() if k not in ('__doc__',) or v is not None})


def _class_set(cls, state):
    items, abstract = state
    present = cls.__dict__
    for key, value in items.items():
        if key in ('__module__', '__qualname__') and present.get(key) == value:
            continue
        if key == '__doc__' and value is None and '__doc__' in present:
            continue
        type.__setattr__(cls, key, value)
    if abstract is not None:
        import _abc
        names, registered = abstract
        cls.__abstractmethods__ = frozenset(names)
        for other in registered:
            _abc._abc_register(cls, other)


# ---- enumerations ----

def _enum_by_name(cls, name):
    return cls._member_map_[name]


def _enum_by_value(cls, value):
    return cls(value)


def _enum_raw(cls, kind, args):
    return kind.__new__(cls, *args)


def _enum_raw_set(member, state):
    member.__dict__.update(state)


def reduce_enum(self, member):
    """A member is a reference into its class, unless the class itself is being written."""
    cls = type(member)
    self.leaf(member)
    if id(cls) not in self.members:
        name = member.__dict__.get('_name_')
        if name is not None and cls._member_map_.get(name) is member:
            return _enum_by_name, (cls, name)
        return _enum_by_value, (cls, member._value_)
    kind = getattr(cls, '_member_type_', object)
    if kind is object:
        args = ()
    elif kind is int:
        args = (int.__int__(member),)
    elif kind is str:
        args = (str.__str__(member),)
    elif kind is float:
        args = (float.__float__(member),)
    elif kind in (tuple, bytes, frozenset):
        args = (kind.__getnewargs__(member)[0] if hasattr(kind, '__getnewargs__') else kind(member),)
    else:
        args = member._value_ if isinstance(member._value_, tuple) else (member._value_,)
    return _enum_raw, (cls, kind, args), dict(member.__dict__), None, None, _enum_raw_set


# ---- picklers ----

#: type -> function(pickler, object) giving a reduce value; filled by reducers.py and arrays.py
dispatch = {
    types.CodeType: reduce_code,
    types.CellType: reduce_cell,
    types.FunctionType: reduce_function,
}
#: the same for subclasses: [(base, function)]
dispatch_bases = []
#: called once for each type met that has no entry: (type) -> function or None
late_dispatch = []
_resolved = {}

#: objects of these types never make two roots share something
IMMUTABLE = {type(None), bool, int, float, complex, str, bytes, tuple, frozenset, range, slice, type(len), types.CodeType,
             types.ModuleType, types.GetSetDescriptorType, types.MemberDescriptorType, types.MethodDescriptorType,
             types.WrapperDescriptorType, types.GenericAlias, types.UnionType}


def resolve(kind):
    """How objects of this type are reduced; remembered."""
    for base, function in dispatch_bases:
        if issubclass(kind, base):
            break
    else:
        if issubclass(kind, type):
            function = reduce_class
        elif isinstance(kind, enum.EnumMeta):
            function = reduce_enum
        else:
            function = None
            for finder in late_dispatch:
                function = finder(kind)
                if function is not None:
                    break
    _resolved[kind] = function
    return function


class Writer(pickle.Pickler):
    """Writes one group. After dump_roots: data, buffers, refs (hidden roots that it names), memo_objects()."""

    digest = False
    whole = False       # modules of the workspace are written by value, not referred to
    patched = None      # the module whose patches are written: what a cell put there goes by value

    def __init__(self, members=(), tolerant=False):
        self.file = io.BytesIO()
        super().__init__(self.file, 5, buffer_callback=_in_band)
        self.members = {}
        for root_id, obj in members:
            self.members[id(obj)] = root_id
            self.whole = self.whole or root_id == '@a:modules'
            if root_id.startswith('@a:patch:'):
                self.patched = root_id[9:]
        self.buffers = []
        self.leaves = {}
        self.refs = {}
        self.extra = []
        self.tolerant = tolerant
        self.found = []

    def leaf(self, obj):
        """obj travels as a reference (or is immutable): sharing it joins nothing."""
        self.leaves[id(obj)] = obj

    def made_here(self, name):
        module = sys.modules.get(name) if type(name) is str else None
        return module is not None and context.is_stateful(name, module)

    def root_reference(self, kind, obj):
        if id(obj) in self.members:
            return None
        known = context.hidden.get(id(obj))
        root_id = known[0] if known else context.new_root(kind, obj)
        self.refs[root_id] = obj
        self.leaf(obj)
        return _root, (root_id,)

    def reducer_override(self, obj):
        kind = type(obj)
        function = dispatch.get(kind)
        if function is None:
            if id(obj) in context.streams:
                return reduce_stream(self, obj)
            reference = module_reference(obj)
            if reference is not None:
                self.leaf(obj)
                return _attribute, reference
            function = _resolved.get(kind, False)
            if function is False:
                function = resolve(kind)
        if self.tolerant:
            return self._tolerate(function, obj)
        return function(self, obj) if function is not None else NotImplemented

    def _tolerate(self, function, obj):
        """Go past what cannot be copied, noting it, so that everything else that the root reaches is seen."""
        try:
            reduced = function(self, obj) if function is not None else NotImplemented
            if reduced is NotImplemented:
                if isinstance(obj, (type, types.FunctionType, types.BuiltinFunctionType)):
                    return reduced
                reducer = copyreg.dispatch_table.get(type(obj))
                reduced = reducer(obj) if reducer else obj.__reduce_ex__(5)
                if isinstance(reduced, str):
                    if find_global(getattr(obj, '__module__', None) or '', reduced) is not obj:
                        raise pickle.PicklingError('it is not found as %s' % reduced)
            return reduced
        except RecursionError:
            raise
        except Exception as error:
            self.found.append((obj, error))
            self.leaf(obj)
            return _gone, ()

    def dump_roots(self, objects):
        self.file.write(_prologue)
        self.memo = _seeded_memo()
        _whole(self.dump, objects)
        return self

    @property
    def data(self):
        return self.file.getbuffer()

    def memo_objects(self):
        """Mutable objects that were written by value: {id: object}."""
        found = {}
        leaves = self.leaves
        immutable = IMMUTABLE
        skip = _prologue_ids()
        for key, (_, obj) in self.memo.copy().items():
            kind = type(obj)
            if kind in immutable or key in leaves or key in skip or kind is type or isinstance(obj, type):
                if key not in self.members:
                    continue
            found[key] = obj
        for obj in self.extra:
            found[id(obj)] = obj
        return found


def _whole(dump, objects):
    """RDKit leaves properties out of a pickle and rounds coordinates, unless it is told not to."""
    chem = sys.modules.get('rdkit.Chem.rdchem')
    if chem is None or not hasattr(chem, 'SetDefaultPickleProperties'):
        return dump(objects)
    usual, options = chem.GetDefaultPickleProperties(), chem.PropertyPickleOptions
    wanted = usual      # not the computed ones: RDKit 2022 cannot read them all back, and computes them again
    for name in ('MolProps', 'AtomProps', 'BondProps', 'PrivateProps', 'CoordsAsDouble'):
        wanted |= getattr(options, name, 0)
    chem.SetDefaultPickleProperties(wanted)
    try:
        return dump(objects)
    finally:
        chem.SetDefaultPickleProperties(usual)


def _prologue_ids():
    return {id(context.user_ns), id(builtins.__dict__), id(sys.modules)} | _prologue_memo.keys()


def _gone():
    return None


def _in_band(buffer):
    return True


class _Hash(io.RawIOBase):
    def __init__(self):
        self.state = hashlib.blake2b(digest_size=20)

    def write(self, data):
        self.state.update(data)
        return len(data)


class Digester(Writer):
    """The same walk, into a digest. Only comparable within one process: immutable things may stand as their address."""

    digest = True

    def __init__(self, members=()):
        super().__init__(members)
        self.hash = _Hash()
        pickle.Pickler.__init__(self, self.hash, 5, buffer_callback=self._hash_buffer)

    def _hash_buffer(self, buffer):
        self.hash.state.update(buffer.raw())
        return False

    def dump_roots(self, objects):
        self.memo = _seeded_memo()
        _whole(self.dump, objects)
        return self

    def value(self):
        return self.hash.state.digest()

    def release(self):
        """Let go of the objects now: the pickler itself is in a reference cycle."""
        self.clear_memo()
        self.leaves, self.refs, self.extra = {}, {}, []


# ---- loading ----

class Reader:
    """Loads one stream; `buffers` are callables that bring out-of-band buffer n when an array asks for it."""

    active = []

    def __init__(self, data, buffers):
        self.unpickler = pickle.Unpickler(io.BytesIO(data))
        self.buffers = buffers

    def load(self):
        Reader.active.append(self)
        try:
            self.unpickler.load()
            return self.unpickler.load()
        finally:
            Reader.active.pop()


def deep(function, *args):
    """Run function again with a deep stack when the normal one does not suffice."""
    try:
        return function(*args)
    except RecursionError:
        pass
    outcome = []

    def work():
        try:
            outcome.append((True, function(*args)))
        except BaseException as error:
            outcome.append((False, error))
    limit = sys.getrecursionlimit()
    size = threading.stack_size(256 << 20)
    try:
        # Deeper than any list that is meant, and half a second at most for an object that makes others without end.
        sys.setrecursionlimit(max(limit, 50000))
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    done, value = outcome[0]
    if done:
        return value
    raise value
