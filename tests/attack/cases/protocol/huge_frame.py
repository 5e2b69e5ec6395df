# A frame that claims a gigabyte, and one that never ends.
# expect-exit: 0|1|3|4
# args: --timeout 15
# timeout: 60
# expect-cell 0 result: first
# %%
'first'
# %%
import os, struct
for fd in range(3, 64):
    for blob in (struct.pack('<I', 1 << 30), struct.pack('>I', 1 << 30), struct.pack('<Q', 1 << 40)):
        try: os.write(fd, blob)
        except OSError: pass
