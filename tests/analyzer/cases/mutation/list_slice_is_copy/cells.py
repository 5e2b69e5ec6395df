# a slice of a list is another list
# %%
a = [1, 2]
# %%
b = a[:]
b.append(3)
