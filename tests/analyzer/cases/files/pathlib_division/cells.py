# Path(d) / 'x'
# %%
from pathlib import Path
base = Path('cb_pd')
base.mkdir()
(base / 'a.txt').write_text('x')
# %%
s = (base / 'a.txt').read_text()
