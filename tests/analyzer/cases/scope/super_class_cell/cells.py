# super() and __class__ read no notebook name
# %%
class A:
    def m(self): return 1
# %%
class B(A):
    def m(self): return super().m() + (__class__ is None)
# %%
B().m()
