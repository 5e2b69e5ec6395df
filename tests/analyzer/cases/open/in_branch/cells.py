# an open world on one path is still one
# %%
c = False
# %%
if c:
    exec(''.join(['x', '=2']))
