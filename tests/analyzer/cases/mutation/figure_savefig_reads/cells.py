# savefig reads the figure
# %%
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
plt.close(fig)
# %%
fig.savefig('cb_fig.png')
