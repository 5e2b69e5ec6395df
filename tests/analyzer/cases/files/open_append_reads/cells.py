# appending keeps what was there: it needs the earlier writer
# %%
open('cb.log', 'w').write('1')
# %%
with open('cb.log', 'a') as f: f.write('2')
# %%
s = open('cb.log').read()
