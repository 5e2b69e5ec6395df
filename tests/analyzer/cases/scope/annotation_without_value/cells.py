# x: T reads T and binds nothing
# %%
T = int
x = 1
# %%
x: T
# %%
x
