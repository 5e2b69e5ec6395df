# np.random's global state
# %%
import numpy as np
np.random.seed(0)
# %%
x = np.random.rand(3)
# %%
y = np.random.normal(size=2)
