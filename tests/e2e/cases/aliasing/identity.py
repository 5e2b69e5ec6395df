# `is` for None, True, small integers, interned strings, modules, functions, types, Ellipsis.
# user: yes
# %%
n = None; t = True; i = 5; s = 'interned'; e = ...; import math as m; ty = int; f = len; big = 10**30; nan = float('nan'); empty = ()
d = {'k': 1}; e2 = {'k': 2}
# %%
import math
n is None, t is True, i is 5 - 0 or i == 5, s == 'interned', e is ..., m is math, ty is int, f is len, empty == ()
# %%
[nan] == [nan], nan in [nan], nan == nan
# %%
d['k'] = 10
# %%
d, e2
