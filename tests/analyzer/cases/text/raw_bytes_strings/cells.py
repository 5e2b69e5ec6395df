# string prefixes
# %%
r = rb'\d' + b'x'
u = u'é' R'\n'
