# arithmetic on arrays and frames changes none
# %%
import numpy as np
a = np.ones(2)
b = np.ones(2)
# %%
c = a * 2 + b ** 2 - np.dot(a, b)
