# A workspace file changed by a cell: later cells see the change, the host's file stays.
# user: yes
# %% file: input.txt
original
# %% file: keep/me.txt
kept
# %%
open('input.txt').read()
# %%
open('input.txt', 'a').write('more\n')
# %%
open('input.txt').read()
# %%
import os
import shutil
os.remove('keep/me.txt'); shutil.move('keep', 'moved')
# %%
sorted(os.listdir('.')), os.listdir('moved')
# %%
os.chmod('input.txt', 0o600)
# %%
oct(os.stat('input.txt').st_mode)
