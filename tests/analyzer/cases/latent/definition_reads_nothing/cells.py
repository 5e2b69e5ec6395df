# defining a function reads none of its globals
# %%
g = 1
# %%
def f(): return g
