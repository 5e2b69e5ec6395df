# zipfile and gzip
# %%
import zipfile, gzip
with gzip.open('cb_z.gz', 'wt') as f: f.write('x')
with zipfile.ZipFile('cb_z.zip', 'w') as z: z.writestr('a', 'b')
# %%
with gzip.open('cb_z.gz', 'rt') as f: t = f.read()
