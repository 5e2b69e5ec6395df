# a closing bracket too much
# %%
x = 1)
