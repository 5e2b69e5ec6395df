# del on one path
# %%
x = 1
c = False
# %%
if c:
    del x
# %%
x
