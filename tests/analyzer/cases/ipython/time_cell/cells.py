# the body of %%time is the cell's own code
# %%
x = 1
# %%
%%time
y = x + 1
z = y
