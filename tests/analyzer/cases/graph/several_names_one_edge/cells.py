# one edge carries several names
# %%
a, b, c = 1, 2, 3
# %%
d = a + b + c
