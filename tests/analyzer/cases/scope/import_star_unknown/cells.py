# from an unknown module * may bring any name
# %%
from cb_no_such_module import *
# %%
r = something(2.5)
