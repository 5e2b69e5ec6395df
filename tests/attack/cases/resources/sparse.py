# A sparse file of a terabyte, fallocate, and many small files.
# args: --disk 64M --timeout 60
# expect-exit: 0|1|3
# timeout: 120
# %%
import os
try:
    with open('sparse', 'wb') as f: f.truncate(1 << 40)
except OSError as e: print(e)
try:
    with open('/dev/shm/x', 'wb') as f: os.posix_fallocate(f.fileno(), 0, 64 << 30)
except OSError as e: print(e)
# %%
'next'
