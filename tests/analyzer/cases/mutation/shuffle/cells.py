# random.shuffle changes its argument
# %%
import random
x = [1, 2, 3]
# %%
random.shuffle(x)
