# an open world is one link of the chain
# %%
a = 1
# %%
exec(''.join(['b', '=a']))
# %%
print(b)
