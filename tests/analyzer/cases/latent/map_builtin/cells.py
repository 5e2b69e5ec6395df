# map calls its argument
# %%
k = 1
def g(v): return v + k
# %%
r = list(map(g, [1]))
