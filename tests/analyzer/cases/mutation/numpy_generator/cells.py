# a Generator changes when drawn from
# %%
import numpy as np
rng = np.random.default_rng(0)
# %%
x = rng.normal(size=3)
# %%
y = rng.random()
