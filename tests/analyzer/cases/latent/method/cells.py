# methods of a notebook class
# %%
k = 3
class C:
    def m(self): return k
# %%
obj = C()
# %%
obj.m()
