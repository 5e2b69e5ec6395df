# sort changes, sorted does not
# %%
a = [2, 1]
b = [2, 1]
# %%
a.sort()
c = sorted(b)
