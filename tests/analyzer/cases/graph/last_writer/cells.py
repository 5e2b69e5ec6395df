# a definite writer hides the earlier ones
# %%
x = 1
# %%
x = 2
# %%
x = 3
# %%
y = x
