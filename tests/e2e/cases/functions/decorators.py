# Decorators of all shapes, with functools.wraps, lru_cache, partial, singledispatch, cached_property.
# %%
import functools
calls = []
def logged(f):
    @functools.wraps(f)
    def inner(*a):
        calls.append(f.__name__)
        return f(*a)
    return inner
# %%
@logged
@functools.lru_cache(maxsize=None)
def slow(n):
    calls.append(('computed', n))
    return n * n
# %%
slow(3), slow(3)
# %%
slow(3), calls
# %%
slow.__wrapped__.cache_info()
# %%
add = functools.partial(lambda a, b: a + b, 10)
@functools.singledispatch
def kind(x): return 'object'
@kind.register
def _(x: int): return 'int'
# %%
add(5), kind(1), kind('s')
# %%
@kind.register(str)
def kind_str(x): return 'str'
# %%
kind('s'), kind(2)
