# a class body runs at once and reads the notebook's names
# %%
base_value = 2
# %%
class C:
    a = base_value
    b = a + 1
# %%
C.b
