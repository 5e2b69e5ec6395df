# the change goes through two functions
# %%
def add(l): l.append(1)
def twice(m):
    add(m)
    add(m)
items = []
# %%
twice(items)
