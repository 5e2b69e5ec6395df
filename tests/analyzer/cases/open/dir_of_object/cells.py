# dir(o) is harmless
# %%
x = 1
# %%
n = dir(x)
