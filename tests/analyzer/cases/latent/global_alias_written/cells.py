# a function rebinding a name that an alias keeps
# %%
x = [1]
y = x
def reset():
    global x
    x = []
# %%
reset()
# %%
y
