# import * from an unknown module
# %%
from cb_unknown_mod import *
