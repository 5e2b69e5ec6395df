# `x += 1` on a name not loaded yet; += on a list mutates its aliases, + does not.
# %%
x = 1
l = [1]
alias = l
# %%
x += 1
# %%
l += [2]
# %%
l = l + [3]
# %%
x, l, alias, l is alias
