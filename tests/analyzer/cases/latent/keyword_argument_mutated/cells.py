# the changed argument is passed by keyword
# %%
def add(v, to): to.append(v)
items = []
# %%
add(to=items, v=1)
