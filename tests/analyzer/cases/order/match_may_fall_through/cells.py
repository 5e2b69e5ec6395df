# a match without a catch-all may bind nothing
# %%
v = 3
y = 0
# %%
match v:
    case 1: y = 1
print(y)
