# an open-world reader depends on what earlier cells wrote
# %%
x = 1
# %%
y = 2
# %%
exec(''.join(['z=x', '+y']))
