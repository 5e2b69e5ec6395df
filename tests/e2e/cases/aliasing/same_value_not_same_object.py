# Equal values that are not one object stay two.
# %%
a = [1, 2]
b = [1, 2]
c = list(a)
# %%
a.append(3)
# %%
a, b, c, a is b
# %%
x = [[0] * 2] * 2
y = [[0] * 2 for _ in range(2)]
# %%
x[0][0] = y[0][0] = 1
# %%
x, y
