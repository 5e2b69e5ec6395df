# `import *` from a library and from a workspace module.
# %% file: mod.py
__all__ = ['seen', 'make']
seen = 'public'
hidden = 'no'
def make(): return hidden
# %%
from math import *
# %%
floor(pi), sqrt(16)
# %%
from mod import *
# %%
seen, make()
# %%
'hidden' in globals()
