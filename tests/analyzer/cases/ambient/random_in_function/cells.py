# a function that draws
# %%
import random
def roll(): return random.randint(1, 6)
# %%
v = roll()
