# plt.savefig
# %%
import matplotlib.pyplot as plt
plt.plot([1])
plt.savefig('cb_f.png')
# %%
img = plt.imread('cb_f.png')
