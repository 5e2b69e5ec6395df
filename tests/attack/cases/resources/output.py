# Ten gigabytes of output end in a limit, not in a full disk or memory.
# args: --timeout 120
# expect-exit: 3
# timeout: 180
# expect-stderr: (?i)output
# %%
import os
block = b'x' * (1 << 20) + b'\n'
for _ in range(10 << 10): os.write(1, block)
# %%
'never'
