# Odd file names.
# %%
import os
names = ['ünï.txt', 'with space', 'new\nline', '漢字', 'q"uote\'s', '.hidden', '-dash', 'a' * 200, 'back\\slash']
for n in names: open(n, 'w').write(n)
# %%
[open(n).read() == n for n in names]
# %%
os.mkdir(b'bytes-\xff'); sorted(os.listdir(b'.'))[-3:]
# %%
for n in names: os.remove(n)
sorted(os.listdir(b'.'))
