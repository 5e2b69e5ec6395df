# a method called in a comprehension
# %%
k = 1
class C:
    def m(self): return k
objs = [C()]
# %%
r = [o.m() for o in objs]
