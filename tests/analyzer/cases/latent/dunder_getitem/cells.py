# x[i] runs __getitem__
# %%
k = 1
class V:
    def __getitem__(self, i): return k
v = V()
# %%
r = v[0]
