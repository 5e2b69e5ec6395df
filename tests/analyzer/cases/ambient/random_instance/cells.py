# random.Random(1) is an object, not the global state
# %%
import random
g = random.Random(1)
# %%
v = g.random()
