# a bad cell does not spoil the others
# %%
x = = 1
# %%
y = 2
# %%
z = y
