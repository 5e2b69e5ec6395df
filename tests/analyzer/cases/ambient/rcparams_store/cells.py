# plt.rcParams[…] = …
# %%
import matplotlib.pyplot as plt
plt.rcParams['figure.dpi'] = 50
