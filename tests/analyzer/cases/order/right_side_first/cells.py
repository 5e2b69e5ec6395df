# x = x + 1 reads x
# %%
x = 1
# %%
x = x + 1
