# Function attributes, kwdefaults, annotations, docs and names travel, and can be changed later.
# %%
def f(a: int, *, b: str = 'x') -> float:
    """Doc."""
    return a
f.count = 0
# %%
f.count += 1
f.__doc__ += ' More.'
f.__kwdefaults__['b'] = 'y'
# %%
f.count, f.__doc__, f.__kwdefaults__, f.__annotations__, f.__name__, f.__qualname__, f.__module__
# %%
import inspect
str(inspect.signature(f))
