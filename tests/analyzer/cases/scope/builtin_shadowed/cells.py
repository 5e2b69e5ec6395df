# a builtin that an earlier cell bound is a read
# %%
def sum(v): return 0
# %%
r = sum([1])
# %%
del sum
# %%
r2 = sum([1])
