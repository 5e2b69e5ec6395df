# vars(o) is o's own
# %%
import types
o = types.SimpleNamespace(a=1)
# %%
d = vars(o)
