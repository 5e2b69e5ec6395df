# dtypes, structured and object arrays, read-only flags, masked arrays, memory order, scalars, generators.
# %%
import numpy as np
s = np.array([(1, 'a')], dtype=[('n', 'i4'), ('t', 'U3')])
o = np.array([[1], {'k': 2}], dtype=object)
f = np.asfortranarray(np.arange(6).reshape(2, 3))
r = np.arange(3); r.flags.writeable = False
m = np.ma.array([1, 2, 3], mask=[0, 1, 0])
z = np.float32(1.5); e = np.array([]); zero = np.array(7)
# %%
s, o, f.flags['F_CONTIGUOUS'], r.flags.writeable, m, z, type(z), e.shape, zero.shape
# %%
o[0].append(2); s['n'] = 9; m[0] = np.ma.masked
# %%
o, s, m
# %%
try:
    r[0] = 1
except ValueError as x:
    print(x)
