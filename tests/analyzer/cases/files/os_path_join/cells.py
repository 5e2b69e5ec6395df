# os.path.join of literals
# %%
import os
os.makedirs('cb_d', exist_ok=True)
with open(os.path.join('cb_d', 'a.txt'), 'w') as f: f.write('1')
# %%
s = open('cb_d/a.txt').read()
