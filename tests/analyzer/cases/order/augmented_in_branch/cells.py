# += on one path
# %%
c = True
n = 0
# %%
if c:
    n += 1
# %%
n
