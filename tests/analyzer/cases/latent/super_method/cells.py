# super() reaches the base class's method
# %%
k = 3
class A:
    def m(self): return k
class B(A):
    def m(self): return super().m() + 1
b = B()
# %%
b.m()
