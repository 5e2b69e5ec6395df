# next(it) moves the iterator
# %%
it = iter([1, 2])
# %%
v = next(it)
