# if False: its body never runs
# %%
x = 0
y = 1
# %%
if False:
    x = y
# %%
x
