# a guard may refuse
# %%
v = 3
lim = 2
y = 0
# %%
match v:
    case n if n > lim: y = n
print(y)
