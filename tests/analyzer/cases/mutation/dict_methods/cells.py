# update, setdefault, pop, popitem, clear
# %%
a = {1: 1}
b = {1: 1}
c = {1: 1}
d = {1: 1}
e = {1: 1}
# %%
a.update(x=1)
b.setdefault('k', [])
c.pop(1)
d.popitem()
e.clear()
