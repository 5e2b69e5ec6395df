# := binds the notebook's name
# %%
data = [1, 2]
# %%
if (n := len(data)) > 1:
    pass
# %%
n
