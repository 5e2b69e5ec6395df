# a method does not see the names of its class body
# %%
k = 1
# %%
class C:
    k = 2
    def m(self): return k
# %%
C().m()
