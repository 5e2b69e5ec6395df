# x += 1 reads and writes
# %%
x = 1
# %%
x += 1
# %%
x
