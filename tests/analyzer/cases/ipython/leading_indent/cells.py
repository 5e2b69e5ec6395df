# a cell may be indented as a whole
# %%
x = 1
# %%
    y = x
    z = y
