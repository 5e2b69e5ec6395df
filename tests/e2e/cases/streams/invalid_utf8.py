# Bytes that are no UTF-8, written below Python.
# loose-order: Jupyter reads descriptors 1 and 2 in a thread
# %%
import os, time
os.write(1, b'bad \xff\xfe bytes\n'); time.sleep(0.3)
# %%
import subprocess
subprocess.run(['printf', r'\303\050 \360\n']); time.sleep(0.3)
# %%
'fine'
