# super() without arguments and __class__ keep working in methods replaced later.
# %%
class A:
    def name(self): return 'A'
class B(A):
    def name(self): return super().name() + 'B' + __class__.__name__
b = B()
# %%
A.name = lambda self: 'patched'
# %%
b.name()
# %%
class C(B):
    def name(self): return super().name() + 'C'
# %%
C().name(), C.__mro__
