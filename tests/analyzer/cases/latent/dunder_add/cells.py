# operators run dunder methods
# %%
k = 1
class V:
    def __add__(self, o): return k
v = V()
# %%
r = v + v
