# __init_subclass__ runs at the class statement
# %%
made = []
class Base:
    def __init_subclass__(cls, **k): made.append(cls.__name__)
# %%
class C(Base): pass
