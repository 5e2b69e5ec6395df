# A location warns once: the registry of a function's location outlives the cell.
# %%
import warnings
def w(): warnings.warn('once per location')
# %%
w(); w()
# %%
w()
# %%
warnings.warn('mine')
# %%
warnings.simplefilter('once')
for _ in range(2): warnings.warn('once only')
# %%
w()
# %%
warnings.warn('once only')
