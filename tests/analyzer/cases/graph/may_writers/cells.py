# all possible writers up to the last definite one
# %%
x = 1
c = False
# %%
if c: x = 2
# %%
if not c: x = 3
# %%
y = x
