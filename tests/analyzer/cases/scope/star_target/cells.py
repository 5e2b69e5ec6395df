# first, *rest
# %%
first, *rest = range(4)
