# What an lru_cache holds is state: a later cell hits it.
# %%
import functools
@functools.lru_cache
def f(x):
    print('computing', x)
    return x
# %%
f(1)
# %%
f(1)
# %%
f(2); f.cache_info()
# %%
f.cache_clear()
f(1)
