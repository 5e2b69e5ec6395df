# a method that stores in self changes the object
# %%
class Acc:
    def __init__(self): self.items = []
    def add(self, v): self.items.append(v)
    def get(self): return self.items
acc = Acc()
# %%
acc.add(1)
# %%
acc.get()
