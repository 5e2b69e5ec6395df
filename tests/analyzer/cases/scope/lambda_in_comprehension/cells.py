# a lambda in a comprehension reads when it is called
# %%
xs = [1]
k = 2
# %%
fs = [lambda v, i=i: v + i + k for i in xs]
# %%
fs[0](1)
