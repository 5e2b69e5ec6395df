# a name bound after the open world no longer comes from it
# %%
exec(''.join(['x', '=2']))
# %%
x = 1
# %%
print(x)
