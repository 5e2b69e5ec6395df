# np.sort, sum, reshape, astype give new arrays
# %%
import numpy as np
a = np.zeros(4)
# %%
b = np.sort(a)
c = a.sum() + a.mean()
d = a.astype(int)
