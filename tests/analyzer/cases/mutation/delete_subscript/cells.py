# del d[k] changes d
# %%
d = {'k': 0}
# %%
del d['k']
