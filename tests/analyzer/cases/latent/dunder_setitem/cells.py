# x[i] = v runs __setitem__
# %%
store = {}
class V:
    def __setitem__(self, i, x): store[i] = x
v = V()
# %%
v[0] = 1
