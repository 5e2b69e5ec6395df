# x: T = v binds
# %%
T = int
# %%
x: T = 3
