# np.set_printoptions
# %%
import numpy as np
np.set_printoptions(precision=2)
