# /f a b calls f(a, b): here a and b are names
# %%
def f(*a): return a
a = b = 1
# %%
/f a b
