# Closing or replacing every descriptor.
# expect-exit: 0|1|3|4
# args: --timeout 15
# timeout: 60
# expect-cell 0 result: first
# expect-stderr: (?i)cell
# %%
'first'
# %%
import os
os.closerange(3, 1024)
# %%
'third'
