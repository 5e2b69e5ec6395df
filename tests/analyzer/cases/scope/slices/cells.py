# bounds of slices
# %%
x = [1, 2, 3]
lo = 0
hi = 2
st = 1
# %%
y = x[lo:hi:st]
