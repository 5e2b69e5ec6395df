# code behind return does not run
# %%
k = 1
# %%
def f():
    return 1
    return k
f()
