# ,f a b calls f('a', 'b'): a and b are text
# %%
def f(*a): return a
a = b = 1
# %%
,f a b
