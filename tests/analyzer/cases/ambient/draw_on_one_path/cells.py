# a draw under a condition may move the state
# %%
import random
random.seed(0)
c = False
# %%
if c:
    v = random.random()
# %%
w = random.random()
