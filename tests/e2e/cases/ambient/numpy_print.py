# Print options and error state of numpy.
# %%
import numpy as np
np.set_printoptions(precision=2, suppress=True)
old = np.seterr(divide='raise')
# %%
np.array([1.23456, 1e-9])
# %%
try:
    np.array([1.0]) / 0
except FloatingPointError as e:
    print(e)
# %%
np.seterr(**old)
np.array([1.0]) / 0
# %%
np.get_printoptions()['precision'], np.geterr()['divide']
# %%
np.set_printoptions(formatter={'float': lambda v: '[%g]' % v})
# %%
np.array([1.5])
