# a string without an end
# %%
s = 'abc
