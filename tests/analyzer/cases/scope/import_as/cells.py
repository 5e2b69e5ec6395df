# import a.b as c binds c alone
# %%
import os.path as p
# %%
from os import path as q, sep
# %%
p.join(q.curdir, sep)
