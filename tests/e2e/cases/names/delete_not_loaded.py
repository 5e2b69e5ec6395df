# `del x` as the very first access of a cell to x.
# %%
x = [1]
y = x
# %%
del x
# %%
y.append(2)
y, 'x' in globals()
# %%
def drop():
    global y
    del y
drop()
# %%
'y' in globals()
