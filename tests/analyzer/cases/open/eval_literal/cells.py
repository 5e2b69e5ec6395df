# eval of a literal is at most an open world
# %%
x = 1
# %%
v = eval('x + 1')
