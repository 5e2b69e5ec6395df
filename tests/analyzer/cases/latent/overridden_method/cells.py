# the override is what is called
# %%
j = 1
k = 3
class A:
    def m(self): return k
class B(A):
    def m(self): return j
b = B()
# %%
b.m()
