# More than 64 MiB: read, copied on write, mutated in the middle.
# timeout: 120
# %%
import numpy as np
big = np.zeros((9, 1024, 1024))
# %%
big.shape, big.sum()
# %%
alias = big
view = big[4]
# %%
view[7, 7] = 1
# %%
big.sum(), alias[4, 7, 7], alias is big
# %%
big[0, 0, 0] = 5
local = big.max()
# %%
local, big.sum(), view.sum()
# %%
del big
# %%
alias.sum()
