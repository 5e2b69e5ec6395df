# get, keys, items change nothing
# %%
d = {1: 1}
# %%
r = d.get(1), list(d.keys()), list(d.items()), d.copy()
