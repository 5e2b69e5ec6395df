# File names that break parsers.
# expect-cell 1 result: ^\d+$
# %%
import os
for name in (b'\xff\xfe', b'new\nline', b'tab\t', b'\x1b]0;x\x07', b'a' * 255, b'..x', b'. ', b'-rf', b'\\..\\', b'%s%n', '\u202egnp'.encode()):
    open(name, 'w').close()
# %%
len(os.listdir(b'.'))
