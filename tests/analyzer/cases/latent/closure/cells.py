# an inner function is called long after it was made
# %%
k = 1
def make(a):
    def inner(b): return a + b + k
    return inner
# %%
add = make(1)
# %%
add(2)
