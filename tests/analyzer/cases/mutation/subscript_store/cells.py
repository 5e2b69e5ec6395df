# x[i] = v changes x
# %%
x = [0]
i = 0
# %%
x[i] = 5
# %%
print(x)
