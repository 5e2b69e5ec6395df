# dict and set comprehensions
# %%
xs = [1]
f = 2
# %%
d = {k: f for k in xs}
s = {k + f for k in xs}
