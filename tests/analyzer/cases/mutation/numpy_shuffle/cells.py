# np.random.shuffle
# %%
import numpy as np
a = np.arange(3)
# %%
np.random.shuffle(a)
