# setting a property runs its setter
# %%
log = []
class C:
    @property
    def v(self): return 1
    @v.setter
    def v(self, x): log.append(x)
c = C()
# %%
c.v = 5
