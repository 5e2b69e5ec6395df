# classes and dotted values in patterns are read, plain names are bound
# %%
import enum
class Color(enum.Enum):
    RED = 1
# %%
v = Color.RED
match v:
    case Color.RED: r = 'red'
    case int(n): r = n
    case other: r = other
