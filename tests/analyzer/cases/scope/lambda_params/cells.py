# parameters of a lambda hide the notebook's names
# %%
x = y = 1
# %%
f = lambda x, *a, **k: (x, a, k)
r = f(2)
