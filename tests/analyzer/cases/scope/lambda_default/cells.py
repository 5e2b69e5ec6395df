# defaults of a lambda are read where it is made
# %%
d = 1
# %%
f = lambda x=d: x
# %%
f()
