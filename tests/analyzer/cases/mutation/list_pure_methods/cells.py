# copy, count, index change nothing
# %%
a = [2, 1]
# %%
n = a.count(1) + a.index(2)
b = a.copy()
b.append(3)
