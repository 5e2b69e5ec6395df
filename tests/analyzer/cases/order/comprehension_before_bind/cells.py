# read in a comprehension, then bound
# %%
xs = [1]
# %%
ys = [v for v in xs]
xs = ys
