# := in a function is local
# %%
def f():
    return (q := 3)
f()
# %%
q = 1
