# a call of a decorated function runs the wrapper
# %%
import functools
count = 0
def deco(f):
    @functools.wraps(f)
    def wrapper(*a):
        global count
        count += 1
        return f(*a)
    return wrapper
# %%
@deco
def g(v): return v + k
# %%
k = 1
# %%
g(1)
