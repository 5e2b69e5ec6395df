# a path that an earlier cell keeps in a name
# %%
path = 'cb_v.txt'
# %%
open(path, 'w').write('x')
# %%
open('cb_v.txt').read()
