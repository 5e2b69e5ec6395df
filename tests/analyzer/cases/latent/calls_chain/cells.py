# f calls h, which another cell defines
# %%
def h(): return g
# %%
def f(): return h()
# %%
g = 1
# %%
f()
