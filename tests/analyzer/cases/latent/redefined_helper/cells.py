# a helper that is redefined between definition and call
# %%
a = 1
b = 2
def h(): return a
def f(): return h()
# %%
def h(): return b
# %%
f()
