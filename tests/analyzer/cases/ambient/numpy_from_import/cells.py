# from numpy.random import randn
# %%
from numpy.random import randn, seed
# %%
seed(1)
v = randn(2)
