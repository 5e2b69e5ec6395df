# A singleton pattern, a registry by metaclass and a class-level cache keep one state.
# %%
class Registry:
    items = {}
    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        Registry.items[cls.__name__] = cls
class One(Registry): pass
# %%
class Two(Registry): pass
# %%
list(Registry.items), Registry.items['One'] is One
# %%
class Single:
    _it = None
    def __new__(cls):
        if cls._it is None: cls._it = super().__new__(cls)
        return cls._it
s = Single()
# %%
Single() is s
