# called on the class
# %%
k = 1
class C:
    @classmethod
    def a(cls): return k
    @staticmethod
    def b(): return k
# %%
C.a()
# %%
C.b()
