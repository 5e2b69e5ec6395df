# one cell reads from many
# %%
a = 1
# %%
b = 2
# %%
c = 3
# %%
r = [a, b, c]
