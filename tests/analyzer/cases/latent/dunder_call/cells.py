# calling an object
# %%
k = 1
class F:
    def __call__(self, v): return v + k
f = F()
# %%
f(1)
