# Seeds and draws over cells; a draw moves the state that the next cell draws from.
# user: yes
# %%
import random
random.seed(7)
# %%
random.random(), random.randint(1, 100)
# %%
random.random()
# %%
state = random.getstate()
a = random.random()
# %%
random.setstate(state)
random.random() == a
# %%
l = list(range(10)); random.shuffle(l); l
# %%
random.gauss(0, 1), random.gauss(0, 1), random.gauss(0, 1)
