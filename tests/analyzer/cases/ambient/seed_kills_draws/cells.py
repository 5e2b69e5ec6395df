# a new seed makes earlier draws matter no more
# %%
import random
random.seed(1)
# %%
a = random.random()
# %%
random.seed(2)
# %%
b = random.random()
