# d[k] += 1 changes d
# %%
d = {'k': 0}
# %%
d['k'] += 1
