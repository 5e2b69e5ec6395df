# h = f; h()
# %%
def f(): return g
g = 1
h = f
# %%
h()
