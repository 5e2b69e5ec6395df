# __get__ of a class attribute
# %%
k = 1
class D:
    def __get__(self, o, t): return k
class C:
    d = D()
c = C()
# %%
c.d
