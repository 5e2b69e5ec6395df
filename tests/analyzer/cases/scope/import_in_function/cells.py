# an import in a function is local
# %%
def f():
    import math
    return math.pi
f()
