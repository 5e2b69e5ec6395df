# setattr and delattr
# %%
import types
o = types.SimpleNamespace(z=1)
# %%
setattr(o, 'a', 1)
# %%
delattr(o, 'z')
