# d |= e changes d
# %%
d = {1: 1}
e = {2: 2}
# %%
d |= e
