# the accumulator is the cell's own
# %%
xs = [1, 2]
# %%
total = 0
for i in xs:
    total += i
