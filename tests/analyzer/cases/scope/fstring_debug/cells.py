# f'{x=}' reads x
# %%
x = 1
# %%
s = f'{x=} {x + 1 = }'
