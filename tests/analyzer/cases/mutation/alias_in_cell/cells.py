# y = x; y.append(1) in one cell
# %%
x = []
# %%
y = x
y.append(1)
