# Garbage on guessed descriptors does not become a record, nor stop the supervisor.
# expect-exit: 0|1|3|4
# timeout: 60
# args: --timeout 15
# expect-cell 0 result: first
# %%
'first'
# %%
import os
for fd in range(3, 64):
    for blob in (b'garbage', b'\xff' * 4096, b'{"type":"done","status":"ok"}', b'\x00' * 64):
        try: os.write(fd, blob)
        except OSError: pass
# %%
'third'
