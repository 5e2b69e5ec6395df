# annotations of a function's locals are not evaluated
# %%
def f():
    v: Nowhere = 1
    return v
f()
