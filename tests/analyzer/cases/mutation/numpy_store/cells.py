# ndarray[i] = v
# %%
import numpy as np
a = np.zeros(3)
# %%
a[0] = 1
