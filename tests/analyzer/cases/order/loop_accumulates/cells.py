# the accumulator comes from an earlier cell
# %%
xs = [1, 2]
total = 0
# %%
for i in xs:
    total = total + i
# %%
total
