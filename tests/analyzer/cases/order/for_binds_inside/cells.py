# what the loop's body binds first is no read inside
# %%
xs = [1]
# %%
for i in xs:
    t = i
    u = t
