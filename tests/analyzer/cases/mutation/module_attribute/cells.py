# patching a module is a change of it
# %%
import math
# %%
math.cb_extra = 1
