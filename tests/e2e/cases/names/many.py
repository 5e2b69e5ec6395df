# Names bound by every statement that binds: for, with, except, import, walrus, match, unpacking, def, class.
# %%
for i in range(3): pass
import os.path as osp
from collections import OrderedDict as OD
with open('/dev/null') as handle: pass
handle_closed = handle.closed
del handle
first, *rest = 'xyz'
if (walrus := 5) > 3: pass
match {'k': [1, 2]}:
    case {'k': [one, two]}: pass
try: 1/0
except ZeroDivisionError as gone: pass
# %%
i, osp.basename('/a/b'), OD(a=1), handle_closed, first, rest, walrus, one, two
# %%
'gone' in globals()
# %%
[j for j in range(2)]
'j' in globals()
