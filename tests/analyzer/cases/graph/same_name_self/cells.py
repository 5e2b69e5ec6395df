# a cell does not depend on itself
# %%
x = 1
x = x + 1
