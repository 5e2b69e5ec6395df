# Closures, defaults and attributes of functions and classes share objects with names.
# %%
shared = []
def make():
    captured = shared
    def f(x):
        captured.append(x)
        return captured
    return f
f = make()
def g(x, into=shared): into.append(x)
class K: box = shared
# %%
f(1)
# %%
g(2)
# %%
K.box.append(3)
# %%
shared, K.box is shared, f(4) is shared, g.__defaults__[0] is shared
