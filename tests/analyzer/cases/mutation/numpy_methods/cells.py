# sort, fill, resize in place
# %%
import numpy as np
a = np.zeros(3)
b = np.zeros(3)
# %%
a.fill(2)
b.sort()
