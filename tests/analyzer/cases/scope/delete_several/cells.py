# del (a, b), c[0], d.e
# %%
import types
a = b = 1
c = [1]
d = types.SimpleNamespace(e=1)
# %%
del (a, b), c[0], d.e
