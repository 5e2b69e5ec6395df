# y is x since an earlier cell
# %%
x = []
y = x
# %%
y.append(1)
# %%
print(x)
