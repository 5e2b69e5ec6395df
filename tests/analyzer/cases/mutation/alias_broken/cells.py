# rebound: no alias any more
# %%
x = []
y = x
# %%
y = [5]
# %%
y.append(1)
# %%
print(x)
