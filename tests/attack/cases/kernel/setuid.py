# A setuid file of the cell's own making gains nothing, in this cell and the next.
# expect-cell 1 stdout: ^\d+ same\n$
# %%
import os, shutil
shutil.copy('/bin/sh', 'sh'); os.chmod('sh', 0o6755)
# %%
import os, subprocess
uid = subprocess.run(['./sh', '-p', '-c', 'id -u'], capture_output=True, text=True).stdout.strip()
print(uid, 'same' if uid == str(os.getuid()) else 'OTHER')
