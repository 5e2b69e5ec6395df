# default_rng and RandomState are objects
# %%
import numpy as np
a = np.random.default_rng(0)
b = np.random.RandomState(0)
# %%
v = a.random() + b.rand()
