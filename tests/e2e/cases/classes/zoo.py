# dataclass, enum, namedtuple, ABC, slots, super, property, metaclass, generic, descriptor.
# user: yes
# %%
import abc, collections, dataclasses, enum, typing
@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0
    tags: list = dataclasses.field(default_factory=list)
class Colour(enum.Enum):
    RED = 1
    GREEN = enum.auto()
class Flag(enum.IntFlag):
    A = 1
    B = 2
Pair = collections.namedtuple('Pair', 'left right')
class Typed(typing.NamedTuple):
    n: int = 1
# %%
class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...
class Square(Shape):
    __slots__ = ('side',)
    def __init__(self, side): self.side = side
    def area(self): return self.side ** 2
class Loud(Square):
    def area(self): return super().area() + 0.5
    @property
    def doubled(self): return self.side * 2
    @doubled.setter
    def doubled(self, v): self.side = v / 2
    @classmethod
    def make(cls): return cls(3)
    @staticmethod
    def st(): return 'static'
class Meta(type):
    def __call__(cls, *a):
        o = super().__call__(*a)
        o.by_meta = True
        return o
class WithMeta(metaclass=Meta): pass
# %%
p, q = Point(1), Point(1, 2, ['t'])
c = Colour.RED
l = Loud.make()
w = WithMeta()
pair = Pair(1, 2)
# %%
p, q, p < q, dataclasses.asdict(q), dataclasses.replace(p, x=9)
# %%
c is Colour.RED, Colour(2), Colour['GREEN'], list(Colour), Flag.A | Flag.B, c in {Colour.RED}
# %%
l.area(), l.doubled, l.st(), isinstance(l, Shape), w.by_meta, type(WithMeta) is Meta
# %%
l.doubled = 10
# %%
l.side, pair.left, pair._replace(left=5), Typed(), pair == (1, 2)
# %%
try:
    Shape()
except TypeError as e:
    print(e)
# %%
l.other = 1
hasattr(Square(1), '__dict__')
