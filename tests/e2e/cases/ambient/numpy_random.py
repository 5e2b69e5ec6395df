# numpy's global state, a Generator and a RandomState object, drawn from in several cells.
# user: yes
# %%
import numpy as np
np.random.seed(3)
rng = np.random.default_rng(5)
rs = np.random.RandomState(9)
same = rng
# %%
np.random.rand(2), rng.integers(100), rs.randint(100)
# %%
np.random.rand(), rng.normal(), rs.normal(), same is rng
# %%
def draw(): return np.random.randint(1000)
draw(), draw(), same.integers(100)
# %%
np.random.normal(size=3)
