# with np.errstate puts it back
# %%
import numpy as np
with np.errstate(all='ignore'):
    x = 1
