# a cell without code depends on nothing
# %%
x = 1
# %%
# nothing here
