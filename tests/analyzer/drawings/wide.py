# %%
start = 1
# %%
v0 = start + 0
# %%
v1 = start + 1
# %%
v2 = start + 2
# %%
v3 = start + 3
# %%
v4 = start + 4
# %%
v5 = start + 5
# %%
v6 = start + 6
# %%
v7 = start + 7
# %%
v8 = start + 8
# %%
v9 = start + 9
# %%
v10 = start + 10
# %%
v11 = start + 11
# %%
v12 = start + 12
# %%
v13 = start + 13
# %%
p0 = v0 * v1  # a line that is far too long for the terminal and therefore cut somewhere
# %%
p2 = v2 * v3  # a line that is far too long for the terminal and therefore cut somewhere
# %%
p4 = v4 * v5  # a line that is far too long for the terminal and therefore cut somewhere
# %%
p6 = v6 * v7  # a line that is far too long for the terminal and therefore cut somewhere
# %%
p8 = v8 * v9  # a line that is far too long for the terminal and therefore cut somewhere
# %%
p10 = v10 * v11  # a line that is far too long for the terminal and therefore cut somewhere
# %%
p12 = v12 * v13  # a line that is far too long for the terminal and therefore cut somewhere
# %%
total = p0 + p2 + p4 + p6 + p8 + p10 + p12
