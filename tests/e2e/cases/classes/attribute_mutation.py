# Changing a class's attributes and methods in a later cell reaches all its objects.
# %%
class C:
    count = 0
    items = []
a, b = C(), C()
# %%
C.count += 1
a.items.append('x')
# %%
def hello(self): return 'hello %d' % self.count
C.hello = hello
# %%
b.hello(), b.items, C.items is a.items
# %%
a.count = 99
del C.hello
# %%
a.count, b.count, hasattr(b, 'hello')
