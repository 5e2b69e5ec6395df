# A class defined anew is another class; old objects keep the old one.
# %%
class P:
    def v(self): return 1
old = P()
# %%
class P:
    def v(self): return 2
new = P()
# %%
isinstance(old, P), isinstance(new, P), old.v(), new.v()
# %%
type(old).__name__ == type(new).__name__, type(old) is type(new)
# %%
old.__class__ = P
# %%
old.v()
