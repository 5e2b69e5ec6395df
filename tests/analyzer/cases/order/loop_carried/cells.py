# read in one round what the round before bound
# %%
xs = [1, 2]
prev = 0
# %%
for i in xs:
    d = i - prev
    prev = i
