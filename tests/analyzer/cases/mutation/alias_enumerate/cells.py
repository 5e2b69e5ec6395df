# … through enumerate and zip
# %%
rows = [[1], [2]]
# %%
for i, r in enumerate(rows):
    r.append(i)
