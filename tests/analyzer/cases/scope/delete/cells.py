# del x needs x and leaves none
# %%
x = 1
# %%
del x
