# functions in a dict
# %%
k = 1
def a(): return k
table = {'a': a}
# %%
table['a']()
