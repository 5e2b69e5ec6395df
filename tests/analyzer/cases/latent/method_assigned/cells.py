# a method put into a class later
# %%
k = 1
class C: pass
def m(self): return k
C.m = m
c = C()
# %%
c.m()
