# (y := x).append(1)
# %%
x = []
# %%
(y := x).append(1)
