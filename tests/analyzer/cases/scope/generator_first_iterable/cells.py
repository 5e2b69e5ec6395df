# a generator expression reads its first iterable at once, the rest when it runs
# %%
xs = [1, 2]
k = 3
# %%
total = sum(v * k for v in xs)
