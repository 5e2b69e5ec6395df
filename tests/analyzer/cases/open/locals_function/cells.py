# locals() in a function is the function's own
# %%
def f(a):
    return dict(locals())
f(1)
