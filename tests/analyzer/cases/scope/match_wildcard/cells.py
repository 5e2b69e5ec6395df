# case _ binds nothing
# %%
x = 3
# %%
match x:
    case 1: y = 1
    case _: y = 2
