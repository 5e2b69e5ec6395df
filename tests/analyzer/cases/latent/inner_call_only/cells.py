# an inner function that is never called reads nothing
# %%
k = 1
def outer():
    def never(): return k
    return 1
# %%
outer()
