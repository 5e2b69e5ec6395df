# called before the cell binds the name: a read
# %%
late = 0
# %%
def f(): return late
r = f()
late = 1
