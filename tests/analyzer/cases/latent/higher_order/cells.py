# a function passed to a function of the notebook
# %%
def apply(f, v): return f(v)
k = 1
def g(v): return v + k
# %%
r = apply(g, 1)
