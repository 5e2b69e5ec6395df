# naming a function does not call it
# %%
def f(): return g
g = 1
# %%
h = f
