# isinstance and `is` hold between objects and classes that travelled apart.
# user: yes
# %%
class Base: pass
class Derived(Base):
    def who(self): return 'derived'
# %%
b = Base()
# %%
d = Derived()
K = Derived
# %%
isinstance(b, Base), isinstance(d, Base), type(d) is Derived, K is Derived, Derived.__mro__[1] is Base
# %%
issubclass(K, Base), {Base: 1}[type(b)], d.who(), d.__class__.__name__
