# a function reads when it is called: the cell has bound the name by then
# %%
def f(): return late
late = 1
r = f()
