# reading globals()
# %%
x = 1
# %%
n = len(globals())
