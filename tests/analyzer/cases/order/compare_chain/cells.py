# the third operand of a chain may not be read
# %%
a, b, c = 3, 2, 1
# %%
r = a < b < c
