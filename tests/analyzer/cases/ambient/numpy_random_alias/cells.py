# import numpy.random as npr
# %%
import numpy.random as npr
npr.seed(3)
# %%
v = npr.randn(2)
