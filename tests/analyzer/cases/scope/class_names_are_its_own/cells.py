# names bound in a class body are not the notebook's
# %%
class C:
    inside = 1
# %%
inside = 2
