# the same loop name in two cells orders nothing
# %%
xs = [1, 2]
# %%
for i in xs: a = i
# %%
for i in xs: b = i
