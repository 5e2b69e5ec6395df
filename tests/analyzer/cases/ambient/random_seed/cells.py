# a seed writes without reading
# %%
import random
random.seed(1)
# %%
r = random.random()
# %%
q = random.randint(0, 9)
