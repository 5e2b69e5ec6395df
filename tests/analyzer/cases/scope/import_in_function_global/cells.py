# global with import
# %%
def f():
    global math
    import math
f()
# %%
math.pi
