# one bad line among good ones
# %%
x = 1
# %%
a = x
b = = 2
c = 3
