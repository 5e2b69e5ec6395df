# r+ reads and writes
# %%
open('cb.dat', 'w').write('1')
# %%
with open('cb.dat', 'r+') as f: f.write('2')
