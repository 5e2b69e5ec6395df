# a function that the cell calls binds the name first
# %%
x = 0
# %%
def f():
    global x
    x = 1
f()
y = x
