# defaults of parameters are read at the definition
# %%
d = 1
# %%
def f(a, b=d, *, c=d): return b
# %%
f(1)
