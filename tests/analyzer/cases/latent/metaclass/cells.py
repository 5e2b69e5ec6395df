# a metaclass runs at the class statement
# %%
made = []
class Meta(type):
    def __new__(m, name, bases, ns):
        made.append(name)
        return super().__new__(m, name, bases, ns)
# %%
class C(metaclass=Meta): pass
