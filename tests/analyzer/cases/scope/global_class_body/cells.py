# global in a class body
# %%
class C:
    global made
    made = 1
# %%
made
