# functools.partial keeps the function: its name is not read again
# %%
import functools
k = 1
def g(a, b): return a + b + k
# %%
h = functools.partial(g, 1)
# %%
h(2)
