# an empty cell
# %%
x = 1
# %%

# %%
y = x
