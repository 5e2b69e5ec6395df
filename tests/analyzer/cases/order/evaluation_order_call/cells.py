# f(x := 1, x): arguments are evaluated in order
# %%
x = 0
def f(*a): return a
# %%
r = f((x := 1), x)
