# choice, sample, shuffle, gauss draw
# %%
import random
a = random.choice([1])
b = random.sample([1], 1)
c = random.gauss(0, 1)
