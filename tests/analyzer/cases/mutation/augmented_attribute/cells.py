# o.n += 1 changes o
# %%
import types
o = types.SimpleNamespace(n=0)
# %%
o.n += 1
