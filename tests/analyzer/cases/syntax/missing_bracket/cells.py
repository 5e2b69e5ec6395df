# effects of what parses; the cell is marked
# %%
x = 1
# %%
y = x
z = (1,
