# Cells do not share a process: what is left running ends with its cell.
# no-oracle: Jupyter keeps one process
# expect-cell 1 result: ^\[\]$
# %%
import subprocess
subprocess.Popen(['sleep', '300'], stdout=subprocess.DEVNULL);
# %%
import os
[p for p in os.listdir('/proc') if p.isdigit() and b'sleep' in open('/proc/%s/cmdline' % p, 'rb').read()]
