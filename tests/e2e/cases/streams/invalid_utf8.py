# Bytes that are no UTF-8, written below Python.
# no-oracle: ipykernel loses such output
# expect-cell 0 stdout: ^bad .+ bytes\n$
# expect-cell 1 stdout: \(
# expect-cell 2 result: fine
# %%
import os, time
os.write(1, b'bad \xff\xfe bytes\n'); time.sleep(0.3)
# %%
import subprocess
subprocess.run(['printf', r'\303\050 \360\n']); time.sleep(0.3)
# %%
'fine'
