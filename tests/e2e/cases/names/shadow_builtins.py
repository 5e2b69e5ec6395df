# A notebook's own `sum` and `list` hide the builtins until they are deleted.
# %%
sum = lambda xs: 'mine'
list = 5
# %%
print(sum([1, 2]), list)
# %%
def total(): return sum([1, 2, 3])
total()
# %%
del sum, list
# %%
print(sum([1, 2]), list('ab'), total())
# %%
import builtins
builtins.len is len, 'sum' in globals()
