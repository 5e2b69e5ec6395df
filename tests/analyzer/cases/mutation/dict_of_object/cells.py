# o.__dict__ and vars(o)
# %%
import types
o = types.SimpleNamespace()
# %%
o.__dict__['a'] = 1
