# [[0]] * 3 shares one list
# %%
row = [0]
grid = [row] * 3
# %%
grid[0][0] = 1
