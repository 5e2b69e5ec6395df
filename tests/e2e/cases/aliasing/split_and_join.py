# Groups that are joined in one cell and split in another.
# %%
a = [1]; b = [2]
# %%
a.append(b)
# %%
b.append(3)
# %%
a
# %%
a.pop()
# %%
b.append(4)
# %%
a, b
# %%
pair = (a, b)
# %%
a.append('late')
# %%
pair, pair[0] is a
