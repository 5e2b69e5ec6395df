# the loop variable outlives the loop
# %%
for i, (j, k) in [(1, (2, 3))]:
    pass
# %%
print(i, k)
