# showing an object runs __repr__
# %%
k = 'x'
class F:
    def __repr__(self): return k
f = F()
# %%
f
