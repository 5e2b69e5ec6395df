# the callee is looked up when it is called
# %%
a = 1
b = 2
def f(): return a
# %%
def f(): return b
# %%
f()
