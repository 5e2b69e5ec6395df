# add, discard, update, symmetric difference
# %%
a = {1}
b = {1}
c = {1}
# %%
a.add(2)
b.discard(1)
c.update([3])
