# dir() lists the namespace
# %%
x = 1
# %%
n = len(dir())
