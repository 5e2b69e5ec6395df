# Functions of other cells share one globals dictionary with the running cell.
# %%
def f(): return globals()
# %%
f() is globals(), f.__globals__ is globals()
# %%
f()['late'] = 7
# %%
late, vars() is globals(), locals() is globals()
