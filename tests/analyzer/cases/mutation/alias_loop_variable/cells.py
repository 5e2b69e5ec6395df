# items changed through the loop's name
# %%
import types
objs = [types.SimpleNamespace()]
# %%
for o in objs:
    o.v = 1
