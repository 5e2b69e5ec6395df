# plt.style.use
# %%
import matplotlib.pyplot as plt
plt.style.use('ggplot')
