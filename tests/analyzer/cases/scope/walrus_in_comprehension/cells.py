# := in a comprehension binds outside of it
# %%
xs = [1, 2]
# %%
ys = [last := v for v in xs]
# %%
last
