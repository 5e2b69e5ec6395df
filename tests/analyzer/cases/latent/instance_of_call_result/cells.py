# methods of an object that a function made
# %%
k = 1
class C:
    def m(self): return k
def make(): return C()
# %%
r = make().m()
