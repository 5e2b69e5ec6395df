# draws are chained, other cells are not
# %%
import random
random.seed(1)
# %%
a = random.random()
# %%
k = 5
# %%
b = random.random()
