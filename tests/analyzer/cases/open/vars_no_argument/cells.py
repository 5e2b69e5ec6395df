# vars() at the top level
# %%
x = 1
# %%
n = len(vars())
