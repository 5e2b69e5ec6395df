# a.b[0].c = v changes a
# %%
import types
a = types.SimpleNamespace(b=[types.SimpleNamespace()])
# %%
a.b[0].c = 1
