# reading a property runs its function
# %%
k = 1
class C:
    @property
    def area(self): return k
c = C()
# %%
c.area
