# a lambda reads when called
# %%
k = 2
h = lambda v: v * k
# %%
h(3)
