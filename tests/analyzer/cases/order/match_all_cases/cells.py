# a match with a catch-all binds on every path
# %%
v = 3
y = 0
# %%
match v:
    case 1: y = 1
    case _: y = 2
print(y)
