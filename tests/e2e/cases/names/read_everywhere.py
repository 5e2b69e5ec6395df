# A name of an earlier cell is read at module level, in a function, class body, lambda, comprehension, default and decorator.
# user: yes
# %%
base = 10
names = ['a', 'b']
def deco(f):
    f.tag = 'decorated'
    return f
# %%
print(base)
# %%
def f():
    return base + 1
f()
# %%
class C:
    attribute = base
    doubled = [base * 2]
C.attribute, C.doubled
# %%
(lambda: base + 3)()
# %%
[base + len(n) for n in names], {n: base for n in names}, {base for _ in names}
# %%
def g(x=base, *, y=names):
    return x, y
g()
# %%
@deco
def h(): pass
h.tag
