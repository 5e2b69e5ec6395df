# parameters and locals of a function are not the notebook's
# %%
x = v = 1
# %%
def f(x, *args, y=2, **kw):
    v = x
    return v, args, y, kw
# %%
f(1)
