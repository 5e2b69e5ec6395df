# del o.a changes o
# %%
import types
o = types.SimpleNamespace(a=0)
# %%
del o.a
