# key of list.sort
# %%
order = {1: 2, 2: 1}
xs = [1, 2]
# %%
xs.sort(key=lambda v: order[v])
