# nonlocal without a binding
# %%
def f():
    nonlocal q
    q = 1
