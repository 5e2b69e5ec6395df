# np.save, np.savetxt, np.load, np.loadtxt
# %%
import numpy as np
np.save('cb.npy', np.arange(3))
np.savetxt('cb_t.txt', np.arange(3))
# %%
a = np.load('cb.npy')
b = np.loadtxt('cb_t.txt')
