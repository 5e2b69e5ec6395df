# sys.path entries hold, and modules of the workspace import.
# user: yes
# %% file: lib/helper.py
VALUE = 'from lib'
# %% file: beside.py
import sys
NAME = __name__
# %%
import beside
beside.NAME, beside.__file__
# %%
import sys
sys.path.insert(0, 'lib')
# %%
import helper
helper.VALUE
# %%
from importlib import reload
reload(helper) is helper, 'beside' in sys.modules
# %%
sys.path.remove('lib')
'lib' in sys.path
