# x or y
# %%
x = [0]
# %%
(x or []).append(1)
