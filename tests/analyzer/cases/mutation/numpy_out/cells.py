# out= is written
# %%
import numpy as np
a = np.ones(3)
b = np.ones(3)
# %%
np.add(a, 1, out=b)
