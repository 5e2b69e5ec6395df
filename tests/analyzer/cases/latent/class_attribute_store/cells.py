# C.x = v changes the class
# %%
class C:
    x = 1
# %%
C.x = 2
# %%
C.x
