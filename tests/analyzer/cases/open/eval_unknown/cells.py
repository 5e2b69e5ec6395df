# eval of text that is not known may read anything
# %%
expr = ''.join(['1', '+1'])
# %%
v = eval(expr)
