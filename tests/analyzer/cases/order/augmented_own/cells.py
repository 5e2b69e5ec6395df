# += on the cell's own name
# %%
x = 0
x += 1
