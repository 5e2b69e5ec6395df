# Descriptors run out for the cell alone.
# expect-cell 1 result: next
# %%
import os
held = 0
try:
    while True: os.dup(0); held += 1
except OSError as e:
    os.closerange(200, held + 200)
# %%
'next'
