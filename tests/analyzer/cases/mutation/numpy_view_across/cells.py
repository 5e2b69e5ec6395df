# a view kept since an earlier cell
# %%
import numpy as np
a = np.zeros(4)
b = a.reshape(2, 2)
# %%
b[0, 0] = 9
