from run import case

case('scalars', 'x = 5; y = "a"; z = None', 'print(x, y, z)', 'x += 1\nprint(x)', 'print(x)', reads={1: ['x', 'y', 'z'], 3: ['x']})
case('alias list', 'a = [1]\nb = a', 'b.append(2)\nprint(b)', 'print(a, a is b)', writes={1: ['a', 'b']})
case('alias later', 'a = [1]', 'b = a', 'b.append(3)', 'print(a, b is a)')
case('no false write', 'a = [1, {2: 3}]\nb = {"k": a}', 'print(a, b)', writes={1: []})
case('rebinding splits', 'a = []\nb = a', 'a = 3', 'b.append(1)\nprint(a, b)', 'print(a, b)')
case('delete', 'x = 1\ny = 2', 'del x', 'print(y)\nprint(x)')
case('delete in function', 'x = 1\ndef f():\n    global x\n    del x', 'f()', 'print(x)')
case('delete missing', 'y = 1', 'del x')
case('assign then del', 'x = 1', 'x = 2\ndel x\ntry:\n    print(x)\nexcept NameError as e:\n    print(e)', 'print(x)')
case('negative read', 'pass', 'try:\n    x\nexcept NameError as e:\n    print(e)')
case('function sees rebinding', 'g = 1\ndef f():\n    return g', 'g = 2', 'print(f(), f.__globals__ is globals())')
case('global store', 'n = 0\ndef bump():\n    global n\n    n += 1', 'bump(); bump()', 'print(n)')
case('class body', 'a = 4', 'class C:\n    b = a + 1\nprint(C.b)')
case('closure', '''
def make():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    def get():
        return n
    return inc, get
inc, get = make()
''', 'print(inc(), inc())', 'print(get(), inc())', 'print(get())')
case('recursion', '''
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)
def make():
    def fact(n): return 1 if n < 2 else n * fact(n - 1)
    return fact
fact = make()
''', 'print(even(10), odd(7), fact(5))')
case('isinstance', '''
class A:
    def __init__(self, v): self.v = v
    def __repr__(self): return 'A(%r)' % self.v
a = A(1)
''', 'print(isinstance(a, A), a, type(a) is A)\nb = A(2)', 'print(isinstance(b, A), [a, b], type(a) is type(b))')
case('deleted class', 'class A: pass\na = A()\nb = A()', 'del A', 'print(type(a) is type(b), type(a).__name__)')
case('redefined class', 'class A: v = 1\na = A()', 'class A: v = 2\nb = A()', 'print(a.v, b.v, isinstance(a, A), isinstance(b, A))')
case('super', '''
class P:
    def hi(self): return 'P'
''', '''
class Q(P):
    def hi(self): return 'Q' + super().hi()
    @classmethod
    def make(cls): return cls()
    @staticmethod
    def s(): return 3
    @property
    def p(self): return self.hi()
''', 'q = Q.make()\nprint(q.hi(), Q.s(), q.p, Q.__mro__)', 'print(q.p, isinstance(q, P), isinstance(q, Q))')
case('enum', '''
import enum
class Color(enum.Enum):
    RED = 1
    BLUE = 2
    ALIAS = 1
    def hi(self): return self.name.lower()
class Perm(enum.IntFlag):
    R = 4
    W = 2
c = Color.RED
p = Perm.R | Perm.W
''', 'print(c is Color.RED, Color.ALIAS is c, c.hi(), list(Color), p, p == 6, Perm.R in p, Color(2), Color["BLUE"])',
     'print(repr(p), {c: 1}[Color.RED])')
case('dataclass', '''
from dataclasses import dataclass, field, fields, asdict, replace
@dataclass(order=True)
class D:
    x: int
    y: list = field(default_factory=list)
@dataclass(frozen=True)
class F:
    a: int = 1
d = D(1)
f = F()
''', 'd.y.append(3)\nprint(d, D(2) > d, asdict(d), [f.name for f in fields(D)], hash(f) == hash(F(1)))', 'print(d, replace(d, x=9), f)')
case('namedtuple', '''
from collections import namedtuple
from typing import NamedTuple
P = namedtuple('P', 'x y')
class Q(NamedTuple):
    a: int
    b: str = 'z'
p = P(1, 2); q = Q(3)
''', 'print(p, q, p._replace(x=5), isinstance(p, P), P._fields, Q._field_defaults, p.x)')
case('abc', '''
import abc
class Base(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
class Impl(Base):
    def f(self): return 1
@Base.register
class Virtual: pass
''', 'print(isinstance(Virtual(), Base), Impl().f(), Base.__abstractmethods__)\ntry:\n    Base()\nexcept TypeError as e:\n    print(e)')
case('slots', 'class S:\n    __slots__ = ("a", "__b")\n    def __init__(self): self.a = 1; self.__b = 2\n    def b(self): return self.__b\ns = S()',
     's.a = 5\nprint(s.b())\ntry:\n    s.zz = 1\nexcept AttributeError as e:\n    print(e)', 'print(s.a, S.__slots__)')
case('metaclass', '''
class Meta(type):
    made = []
    def __new__(m, name, bases, ns):
        m.made.append(name)
        return super().__new__(m, name, bases, ns)
    def __call__(cls, *a):
        o = super().__call__(*a)
        return o
class A(metaclass=Meta): pass
''', 'class B(A): pass\nprint(Meta.made, type(B) is Meta)', 'print(Meta.made, B.__mro__)')
case('init subclass', '''
class Plugin:
    registry = {}
    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        print('registering', cls.__name__)
        Plugin.registry[cls.__name__] = cls
''', 'class One(Plugin): pass', 'class Two(Plugin): pass', 'print(list(Plugin.registry), Plugin.registry["One"] is One)')
case('class attr shared', 'L = []\nclass C:\n    items = L', 'C.items.append(1)', 'print(L, C.items is L)')
case('class mutated', 'class C:\n    n = 0\nc = C()', 'C.n += 1', 'print(c.n, C.n)')
case('defaults', 'def f(x, acc=[]):\n    acc.append(x)\n    return acc', 'f(1)', 'print(f(2))')
case('function attrs', 'def f(): f.n += 1\nf.n = 0', 'f()', 'f()\nprint(f.n)')
case('lambda', 'k = 3\nf = lambda x: x * k\nd = {"f": f}', 'k = 5', 'print(f(2), d["f"] is f)')
case('decorated', '''
import functools
def deco(fn):
    @functools.wraps(fn)
    def w(*a):
        w.calls += 1
        return fn(*a)
    w.calls = 0
    return w
@deco
def f(x): return x + 1
''', 'print(f(1), f.calls, f.__name__, f.__wrapped__(3))', 'print(f(2), f.calls)')
case('lru cache', '''
import functools
@functools.lru_cache(maxsize=None)
def fib(n):
    print('computing', n)
    return n if n < 2 else fib(n - 1) + fib(n - 2)
''', 'print(fib(5), fib.cache_info())', 'print(fib(6), fib.cache_info())', 'print(fib(6), fib.cache_info())')
case('lru bounded', '''
import functools
@functools.lru_cache(maxsize=2)
def f(x, y=1):
    print('computing', x, y)
    return x, y
f(1); f(2); f(1); f(3, y=4)
''', 'f(2)\nprint(f.cache_info())', 'f(3, y=4); f(1)\nprint(f.cache_info())')
case('globals materialise', 'a = 1\nb = 2', 'c = 3', 'print([k for k in globals() if k in ("a", "b", "c")])')
case('dir', 'a = 1\nzz = 2', 'print("zz" in dir(), [n for n in dir() if n in ("a","zz")], sorted(vars())[:0], "a" in locals())')
case('exec del', 'x = 1', 'exec("del x")\nprint("x" in globals())', 'print(x)')
case('exec other namespace', 'x = 1', 'ns = {}\ntry:\n    exec("print(x)", ns)\nexcept NameError as e:\n    print(e)\nexec("def f(): return len([1])", ns)',
     'print(ns["f"](), sorted(k for k in ns))', 'f = ns["f"]', 'print(f(), f.__globals__ is ns)')
case('eval', 'x = 3', 'print(eval("x + 1"), eval("x", globals()))')
case('sum shadow', 'sum = 3', 'print(sum)', 'del sum\nprint(sum([1, 2]))', 'print(sum([4]))')
case('annotations', 'x: int = 1', 'y: str = "a"\nprint(__annotations__)', 'print(__annotations__)')
case('builtins patch', 'import builtins', 'builtins.foo = 3\nprint(foo)\nold = builtins.len\nbuiltins.len = lambda x: 42\nprint(len([]))\nbuiltins.len = old\nprint(len([]))\ndel builtins.foo')
case('import main', 'x = 1', 'import __main__\nprint(__main__.x)\nprint("x" in vars(__main__))\nimport pickle\nclass C: pass\nprint(type(pickle.loads(pickle.dumps(C()))) is C)',
     'import pickle\nd = pickle.dumps(C())\nprint(type(pickle.loads(d)) is C)')
case('module alias', 'import os.path as p, collections as c', 'print(p.join("a", "b"), c.Counter("aab"))', writes={1: []})
case('namespace in variable', 'ns = globals()', 'x = 3\nprint(ns is globals(), ns["x"])')
case('ndarray', 'import numpy as np\na = np.arange(6).reshape(2, 3)\nv = a[:, 1:]\nt = a.T', 'v[0, 0] = 99\nprint(a, t, v.base is not None, a.flags.owndata)',
     'print(a, v, t)\nprint(np.shares_memory(a, v))')
case('big array', 'import numpy as np\na = np.zeros(1 << 19)\nb = a[10:20]', 'print(a.sum(), b.sum())', 'b[:] = 7', 'print(a.sum(), np.shares_memory(a, b))', writes={1: [], 2: ['a', 'b']})
case('big array same bytes', 'import numpy as np\na = np.zeros(1 << 19)', 'a[0] = 0', writes={1: []})
case('array kinds', '''
import numpy as np
f = np.asfortranarray(np.arange(6.).reshape(2, 3))
r = np.arange(3); r.flags.writeable = False
z = np.array(3.5)
s = np.array([(1, 2.0), (3, 4.0)], dtype=[('a', int), ('b', float)])
o = np.array([1, 'x', None], dtype=object)
m = np.ma.masked_array(np.arange(3), mask=[0, 1, 0]).copy()
mat = np.matrix([[1, 2], [3, 4]])
n = np.arange(10)[::-2]
e = np.empty((0, 3))
st = np.array(['ab', 'c'])
dt = np.array(['2020-01-01'], dtype='datetime64[D]')
rec = s.view(np.recarray)
ov = o[1:]
bc = np.broadcast_to(np.arange(3), (2, 3))
fb = np.frombuffer(b'abcd', dtype='u1')
''', 'print(m, m.mask)\nfor x in (f, r, z, s, o, mat, n, e, st, dt, rec, ov, bc, fb):\n    print(type(x).__name__, x.dtype, x.shape, x.flags.f_contiguous, x.flags.writeable, x.flags.owndata, x.tolist())\nprint(np.shares_memory(rec, s), ov.base is o)\ndel x', writes={1: []})
case('dataframe', '''
import pandas as pd, numpy as np
df = pd.DataFrame({'a': [1, 2, 3], 'b': [1.5, 2.5, 3.5], 'c': list('xyz')})
df['d'] = df.a * 2
s = df['a']
''', 'print(df.describe(), df.dtypes, df.values, df.mean(numeric_only=True), len(df), df.groupby("c").a.sum())', 'df["e"] = 1\nprint(df)', 'print(df, s)', writes={1: []})
case('setting with copy', '''
import pandas as pd
df = pd.DataFrame({'a': [1, 2, 3]})
sub = df[df.a > 1]
''', 'import warnings\nwith warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter("always")\n    sub["b"] = 1\nprint([x.category.__name__ for x in w])\nprint(sub)', 'print(sub, df)')
case('query', 'import pandas as pd\nlimit = 1\ndf = pd.DataFrame({"a": [1, 2]})', 'print(df.query("a > @limit"))')
case('uncopyable generator', 'g = (i for i in range(3))\nx = 1', 'print(x)', 'try:\n    next(g)\nexcept RuntimeError as e:\n    print(e)', uncopyable={0: ['g']},
     prints='--- cell 0\n--- cell 1\n1\n--- cell 2\n`g` is a generator made by cell 1 that cannot be copied into another cell: it is a generator, whose place in its code cannot be copied. Create it in the cell that uses it, or turn it into a list.\n')
case('uncopyable file', 'f = open("/dev/null")\nd = {"f": f}\nn = 2', 'print(n)', uncopyable={0: ['f', 'd']})
case('linked list', 'node = None\nfor i in range(10000):\n    node = [node, i]', 'n, c = node, 0\nwhile n:\n    n, c = n[0], c + 1\nprint(c)')
case('linked objects', 'class N:\n    def __init__(self, n): self.n = n\nnode = None\nfor i in range(10000):\n    node = N(node)', 'n, c = node, 0\nwhile n:\n    n, c = n.n, c + 1\nprint(c)')
case('every name of a group is a read', 'x = [1]\ny = x\nz = x', 'print(x, y)', 'w = [x]', 'x.append(2)\nprint(w)', reads={1: ['x', 'y'], 2: ['x'], 3: ['x', 'w']},
     carried={2: ['x', 'y', 'z'], 3: []})
