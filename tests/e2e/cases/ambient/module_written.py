# A module written by %%writefile, imported, edited, reloaded.
# user: yes
# %%
%%writefile written.py
def version(): return 1
# %%
import written
written.version()
# %%
%%writefile written.py
def version(): return 'two'
EXTRA = 1
# %%
written.version()
# %%
import importlib
importlib.reload(written)
# %%
written.version(), written.EXTRA
# %%
from written import version
import inspect
print(inspect.getsource(version))
