# a later writer is no source
# %%
y = 0
# %%
def f(): return z
try:
    r = f()
except NameError:
    r = None
# %%
z = 1
