# a function that imports reads no notebook name
# %%
def f():
    import math
    return math.sqrt(4)
# %%
f()
