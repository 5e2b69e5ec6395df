# what the cell bound itself is no read
# %%
x = 1
# %%
x = 2
y = x
