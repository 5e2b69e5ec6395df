# np.seterr
# %%
import numpy as np
np.seterr(all='ignore')
