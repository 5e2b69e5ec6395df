# drawing changes the axes
# %%
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
# %%
ax.plot([1, 2])
# %%
ax.set_title('t')
# %%
fig
