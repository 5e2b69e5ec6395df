# Bound methods keep their object.
# %%
class A:
    def __init__(self): self.n = 0
    def inc(self): self.n += 1; return self.n
a = A()
inc = a.inc
# %%
inc(); inc()
# %%
a.n, inc.__self__ is a
# %%
l = []
push = l.append
# %%
push(1)
# %%
l
