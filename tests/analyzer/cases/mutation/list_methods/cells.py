# extend, insert, remove, pop, reverse, clear
# %%
a = [1, 2]
b = [1, 2]
c = [1, 2]
d = [1, 2]
e = [1, 2]
f = [1, 2]
# %%
a.extend([3])
b.insert(0, 0)
c.remove(1)
d.pop()
e.reverse()
f.clear()
