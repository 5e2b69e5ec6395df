# key functions are called
# %%
order = {1: 2, 2: 1}
def rank(v): return order[v]
# %%
r = sorted([1, 2], key=rank)
