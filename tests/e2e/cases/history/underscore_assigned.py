# The notebook's own `_` is a name like any other.
# %%
for _ in range(3): pass
# %%
_
# %%
'value'
# %%
_
# %%
del _
# %%
'after'
# %%
_, __
