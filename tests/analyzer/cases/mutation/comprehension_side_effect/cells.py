# appending in a comprehension
# %%
x = [1]
y = []
# %%
[y.append(v) for v in x]
