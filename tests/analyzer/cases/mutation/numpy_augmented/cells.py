# a += 1 on an array changes it
# %%
import numpy as np
a = np.ones(3)
v = a
# %%
a += 1
