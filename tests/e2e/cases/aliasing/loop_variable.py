# Loop variables and intermediate names alias what they went through.
# %%
rows = [[1], [2]]
for row in rows: pass
# %%
row.append('last')
# %%
rows
# %%
for row in rows: row.insert(0, 'first')
# %%
rows, row is rows[-1]
