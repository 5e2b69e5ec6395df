# a generator's body runs when it is consumed
# %%
k = 1
def gen(n):
    for i in range(n):
        yield i + k
# %%
r = list(gen(2))
