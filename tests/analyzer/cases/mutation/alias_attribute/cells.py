# an attribute's value changed through a local name
# %%
import types
o = types.SimpleNamespace(l=[])
# %%
l = o.l
l.append(1)
