# a function changes its argument
# %%
def add(l, v): l.append(v)
items = []
# %%
add(items, 1)
# %%
items
