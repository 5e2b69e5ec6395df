# listing a directory
# %%
import glob
open('cb_g.txt', 'w').write('x')
# %%
fs = glob.glob('*.txt')
