# a method calls a function of the notebook
# %%
def helper(): return k
class C:
    def m(self): return helper()
c = C()
k = 1
# %%
c.m()
