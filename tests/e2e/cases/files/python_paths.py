# Relative paths, pathlib objects made earlier, open modes, binary seek.
# %%
from pathlib import Path
p = Path('dir') / 'f.bin'
p.parent.mkdir()
p.write_bytes(bytes(range(10)))
# %%
with p.open('r+b') as f: f.seek(5); f.write(b'XX'); f.truncate(8)
del f
# %%
p.read_bytes(), p.stat().st_size, p.resolve().name
# %%
try:
    open('dir/f.bin', 'x')
except FileExistsError as e:
    print(e)
# %%
sorted(x.name for x in Path('.').iterdir())
