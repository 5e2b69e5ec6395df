# Seeding inside a function of an earlier cell.
# %%
import random
import numpy as np
def reset(n):
    random.seed(n)
    np.random.seed(n)
# %%
reset(1)
a = random.random()
# %%
reset(1)
# %%
random.random() == a, round(np.random.rand(), 6)
