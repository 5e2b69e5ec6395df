# a method of the base class
# %%
k = 3
class A:
    def m(self): return k
# %%
class B(A): pass
b = B()
# %%
b.m()
