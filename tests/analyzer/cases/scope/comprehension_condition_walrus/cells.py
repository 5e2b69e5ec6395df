# conditions of comprehensions
# %%
xs = [1, 2]
lim = 1
# %%
ys = [y for x in xs if (y := x) > lim]
