# removing is a write
# %%
import os
open('cb_r.txt', 'w').write('x')
# %%
os.remove('cb_r.txt')
# %%
os.path.exists('cb_r.txt')
