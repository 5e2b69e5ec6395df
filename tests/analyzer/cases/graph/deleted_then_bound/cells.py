# after del a new binding counts
# %%
x = 1
# %%
del x
# %%
x = 2
# %%
y = x
