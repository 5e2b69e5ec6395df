# rename moves
# %%
import os
open('cb_o.txt', 'w').write('x')
# %%
os.rename('cb_o.txt', 'cb_n.txt')
# %%
open('cb_n.txt').read()
