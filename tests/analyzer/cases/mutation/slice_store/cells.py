# x[:] = v changes x, does not rebind it
# %%
x = [1, 2]
# %%
x[:] = []
