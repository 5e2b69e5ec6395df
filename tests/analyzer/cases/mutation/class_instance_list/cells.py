# objects of a list changed through an index
# %%
class C:
    n = 0
cs = [C()]
# %%
cs[0].n = 1
