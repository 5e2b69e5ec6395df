# len() and for run dunder methods
# %%
k = 2
class V:
    def __len__(self): return k
    def __iter__(self): return iter(range(k))
v = V()
# %%
n = len(v)
# %%
for i in v: pass
