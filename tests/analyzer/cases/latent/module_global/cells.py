# a function that uses an imported module reads the module's name
# %%
import math
def f(): return math.pi
# %%
f()
