# making an object runs __init__
# %%
seed_value = 1
class C:
    def __init__(self): self.v = seed_value
# %%
obj = C()
