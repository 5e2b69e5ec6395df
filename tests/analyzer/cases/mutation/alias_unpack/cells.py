# … through unpacking
# %%
pair = ([], [])
# %%
a, b = pair
a.append(1)
