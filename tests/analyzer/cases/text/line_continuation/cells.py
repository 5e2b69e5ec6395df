# a statement over a backslash
# %%
x = 1
# %%
y = x + \
    x
