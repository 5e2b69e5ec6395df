# the call depends on function and global, not the definition on the global
# %%
g = 1
# %%
def f(): return g
# %%
g = 2
# %%
f()
