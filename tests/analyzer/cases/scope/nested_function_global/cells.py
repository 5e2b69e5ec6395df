# global in a nested function
# %%
def outer():
    def inner():
        global deep
        deep = 1
    inner()
# %%
outer()
