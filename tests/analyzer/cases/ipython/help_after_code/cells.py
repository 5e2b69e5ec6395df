# a help line among statements
# %%
x = 1
# %%
y = x
y?
