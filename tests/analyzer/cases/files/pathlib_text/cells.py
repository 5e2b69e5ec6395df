# Path.write_text and read_text
# %%
from pathlib import Path
Path('cb_p.txt').write_text('x')
# %%
s = Path('cb_p.txt').read_text()
