# every target of a tuple assignment is bound
# %%
a, (b, [c, *d]) = 1, (2, [3, 4])
# %%
e = b + c
