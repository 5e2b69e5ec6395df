# del x[1:] changes x
# %%
x = [1, 2]
# %%
del x[1:]
