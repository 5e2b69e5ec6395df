# writing after a read orders nothing
# %%
x = 1
# %%
y = x
# %%
x = 2
