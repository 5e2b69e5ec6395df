# What a library keeps inside and the notebook changes by calling it.
# %%
import matplotlib
import matplotlib.pyplot as plt
from matplotlib.colors import ListedColormap
import json
# %%
matplotlib.colormaps.register(ListedColormap(['r', 'b'], name='mine'))
# %%
x = 1
# %%
plt.get_cmap('mine').N, 'mine' in matplotlib.colormaps
# %%
matplotlib.colormaps.unregister('mine')
# %%
'mine' in matplotlib.colormaps
