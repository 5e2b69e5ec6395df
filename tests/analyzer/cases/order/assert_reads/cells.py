# assert reads its test
# %%
x = 1
# %%
assert x, 'no'
