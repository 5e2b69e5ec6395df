# a notebook's own function called exec
# %%
def eval(x): return x
# %%
v = eval('a + b')
