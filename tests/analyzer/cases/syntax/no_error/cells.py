# a cell without an error is not marked
# %%
x = 1
