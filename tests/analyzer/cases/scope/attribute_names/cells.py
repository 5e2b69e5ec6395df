# attribute names are no names
# %%
real = 3
# %%
z = (1).real
