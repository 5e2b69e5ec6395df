# self.x = …
# %%
class P:
    def move(self): self.x = 1
p = P()
# %%
p.move()
