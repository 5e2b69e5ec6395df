# A figure kept in a variable, changed and shown in later cells.
# timeout: 120
# %%
import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(2, 2))
line, = ax.plot([1, 2, 3])
# %%
ax.set_title('later')
line.set_color('red')
# %%
fig
# %%
ax.figure is fig, ax.lines[0] is line, fig.axes[0] is ax, plt.get_fignums()
# %%
line.set_ydata([3, 2, 1])
fig
# %%
fig.savefig('out.png'); import os; os.path.getsize('out.png') > 500
