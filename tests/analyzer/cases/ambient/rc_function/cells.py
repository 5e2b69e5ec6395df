# plt.rc and matplotlib.rc
# %%
import matplotlib
matplotlib.rc('font', size=9)
