# o.a: T = v changes o
# %%
import types
o = types.SimpleNamespace()
T = int
# %%
o.a: T = 1
