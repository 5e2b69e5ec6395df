# bases and keywords of a class are read at the definition
# %%
class Base:
    def __init_subclass__(cls, tag=None): cls.tag = tag
name = 'a'
# %%
class D(Base, tag=name): pass
