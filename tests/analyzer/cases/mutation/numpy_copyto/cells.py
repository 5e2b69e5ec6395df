# np.copyto and np.fill_diagonal
# %%
import numpy as np
a = np.ones((2, 2))
b = np.ones((2, 2))
# %%
np.copyto(a, 5)
np.fill_diagonal(b, 0)
