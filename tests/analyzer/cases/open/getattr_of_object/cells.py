# getattr(o, name) reads o
# %%
import types
o = types.SimpleNamespace(a=1)
n = 'a'
# %%
v = getattr(o, n)
