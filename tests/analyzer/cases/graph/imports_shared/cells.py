# every user depends on the import alone
# %%
import math
# %%
a = math.pi
# %%
b = math.e
