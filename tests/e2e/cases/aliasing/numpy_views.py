# A view and its base share memory over cells.
# user: yes
# %%
import numpy as np
base = np.arange(10)
view = base[2:5]
matrix = base.reshape(2, 5)
# %%
view[:] = 0
# %%
base, matrix
# %%
matrix[1, 0] = 99
# %%
view.base is base, base[5], np.shares_memory(view, base)
# %%
copy = base.copy()
copy[0] = -1
# %%
base[0], copy[0]
# %%
base += 1
# %%
view, matrix
