# a += [2] changes the list that others hold too
# %%
a = [1]
b = a
# %%
a += [2]
# %%
print(b)
