# a + b is new
# %%
a = [1]
# %%
b = a + [2]
b.append(3)
