# what precedes the open world does not depend on it
# %%
a = 1
# %%
b = a
# %%
exec(''.join(['x', '=2']))
