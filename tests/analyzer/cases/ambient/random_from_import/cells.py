# from random import …
# %%
from random import seed, random
seed(0)
# %%
v = random()
