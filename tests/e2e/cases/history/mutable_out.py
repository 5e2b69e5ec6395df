# Out[n] is the object itself: a mutation shows.
# %%
l = [1]
l
# %%
l.append(2)
# %%
Out[1], _1 is l
# %%
_1.append(3)
# %%
l
