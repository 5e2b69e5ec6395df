# o.a = v changes o
# %%
import types
o = types.SimpleNamespace()
# %%
o.a = 1
# %%
o.a
