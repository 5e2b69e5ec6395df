# each cell needs the one before
# %%
a = 1
# %%
b = a
# %%
c = b
# %%
d = c
