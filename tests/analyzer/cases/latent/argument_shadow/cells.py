# a parameter of the same name as a global
# %%
k = 1
def f(k): return k
# %%
f(2)
