# the right side is evaluated before the target's index
# %%
d = {}
# %%
d[k] = (k := 1)
