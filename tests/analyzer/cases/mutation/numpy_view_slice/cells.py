# a slice of an array is a view
# %%
import numpy as np
a = np.zeros(4)
# %%
b = a[1:]
b[0] = 9
