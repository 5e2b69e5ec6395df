# close_figures off: a figure stays pyplot's current one over cells.
# timeout: 120
# %%
import matplotlib.pyplot as plt
%config InlineBackend.close_figures = False
# %%
plt.figure(figsize=(1, 1))
plt.plot([1, 2]);
# %%
plt.get_fignums()
# %%
plt.plot([2, 1])
len(plt.gca().lines)
