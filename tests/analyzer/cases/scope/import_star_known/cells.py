# from m import * brings the module's names
# %%
from math import *
# %%
r = floor(2.5)
