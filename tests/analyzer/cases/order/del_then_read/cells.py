# a name that the cell deleted is not there any more
# %%
x = 1
# %%
del x
x = 2
y = x
