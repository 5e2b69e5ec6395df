# comparisons and `in`
# %%
k = 1
class F:
    def __eq__(self, o): return k == 1
    def __contains__(self, o): return k == 1
f = F()
# %%
a = f == 2
# %%
b = 3 in f
