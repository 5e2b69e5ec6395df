# rcParams.update
# %%
import matplotlib.pyplot as plt
plt.rcParams.update({'figure.dpi': 50})
