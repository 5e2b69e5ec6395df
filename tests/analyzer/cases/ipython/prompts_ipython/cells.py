# `In [1]: ` is removed
# %%
x = 1
# %%
In [1]: y = x
   ...: z = y
