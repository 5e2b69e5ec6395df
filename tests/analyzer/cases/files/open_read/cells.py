# open(f) reads
# %%
open('cb.txt', 'w').write('x')
# %%
s = open('cb.txt').read()
