# the target of a comprehension is its own
# %%
xs = [1, 2]
i = 5
# %%
ys = [i * 2 for i in xs]
