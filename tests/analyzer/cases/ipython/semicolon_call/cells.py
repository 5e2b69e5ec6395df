# ;f a b calls f('a b')
# %%
def f(*a): return a
a = b = 1
# %%
;f a b
