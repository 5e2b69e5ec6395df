# Functions inside containers and objects follow today's globals as well.
# %%
k = 1
table = {'f': lambda: k, 'g': [lambda: k + 1]}
class Holder: pass
h = Holder(); h.f = lambda: k * 100
# %%
k = 5
# %%
table['f'](), table['g'][0](), h.f()
# %%
import functools
p = functools.partial(lambda a: a + k, 1)
m = map(str, [1])
del m
# %%
k = 6
p()
