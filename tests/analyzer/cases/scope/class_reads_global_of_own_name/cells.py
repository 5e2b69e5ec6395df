# x = x in a class body reads the notebook's x
# %%
x = 1
# %%
class C:
    x = x
