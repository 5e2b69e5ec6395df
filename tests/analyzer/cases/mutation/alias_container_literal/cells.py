# a dict that holds a list
# %%
inner = []
box = {'a': inner}
# %%
inner.append(1)
