# a definite writer hides may-writers before it
# %%
c = False
# %%
if c: x = 1
# %%
x = 2
# %%
y = x
