# what a function reads happens at the call
# %%
def f(): return g + 1
# %%
g = 1
# %%
r = f()
