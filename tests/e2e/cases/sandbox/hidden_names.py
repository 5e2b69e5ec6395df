# Names that hold credentials are hidden, and the run says so.
# no-oracle: Jupyter shows them
# user: yes
# expect-cell 0 result: ^\['data.txt', 'notebook.ipynb'\]$
# expect-cell 1 result: ^\(False, False\)$
# expect-stderr: (?i)hid
# %% file: .env
SECRET=1
# %% file: .ssh/id_rsa
key
# %% file: .git-credentials
https://me:secret@host
# %% file: data.txt
x
# %%
import os
sorted(os.listdir('.'))
# %%
os.path.exists('.env'), os.path.exists('.ssh/id_rsa')
