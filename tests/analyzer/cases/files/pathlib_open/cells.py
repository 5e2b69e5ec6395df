# Path.open(mode)
# %%
from pathlib import Path
p = Path('cb_po.txt')
# %%
with p.open('w') as f: f.write('1')
