# (x[0], o.a) = …
# %%
import types
x = [0]
o = types.SimpleNamespace()
# %%
x[0], o.a = 1, 2
