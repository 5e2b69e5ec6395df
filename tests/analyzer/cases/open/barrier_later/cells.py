# a later cell depends on an open-world writer for what it cannot know
# %%
x = 1
# %%
exec(''.join(['x', '=2']))
# %%
print(x)
