# rcParams, styles and their contexts hold for later cells.
# %%
import matplotlib.pyplot as plt
import matplotlib as mpl
plt.rcParams['figure.figsize'] = (3, 2)
# %%
plt.rcParams['figure.figsize'], mpl.rcParams['lines.linewidth']
# %%
plt.style.use('ggplot')
# %%
mpl.rcParams['axes.facecolor'], mpl.rcParams['axes.grid']
# %%
with plt.rc_context({'lines.linewidth': 9}):
    print(mpl.rcParams['lines.linewidth'])
# %%
mpl.rcParams['lines.linewidth']
# %%
mpl.rcdefaults()
# %%
mpl.rcParams['figure.figsize']
