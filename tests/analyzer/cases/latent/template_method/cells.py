# a base method calls what the subclass overrides
# %%
k = 3
class A:
    def run(self): return self.step()
    def step(self): return 0
class B(A):
    def step(self): return k
b = B()
# %%
b.run()
