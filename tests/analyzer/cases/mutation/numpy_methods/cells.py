# sort, fill, resize in place
# %%
import numpy as np
a = np.zeros(3)
b = np.array([2., 1.])
# %%
a.fill(2)
b.sort()
