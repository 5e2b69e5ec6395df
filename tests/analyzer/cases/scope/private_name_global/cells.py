# __k in a class means the global _C__k
# %%
_C__k = 1
__k = 2
# %%
class C:
    def m(self): return __k
# %%
C().m()
