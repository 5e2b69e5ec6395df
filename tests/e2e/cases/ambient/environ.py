# os.environ set, deleted, seen by subprocesses and later cells.
# user: yes
# %%
import os
os.environ['CB_TRAP'] = 'set'
# %%
os.environ['CB_TRAP'], os.getenv('CB_TRAP')
# %%
!echo $CB_TRAP
# %%
import subprocess
subprocess.run(['sh', '-c', 'echo "[$CB_TRAP]"'], capture_output=True).stdout
# %%
del os.environ['CB_TRAP']
# %%
os.environ.get('CB_TRAP', 'gone')
# %%
%env CB_TRAP=by magic
# %%
%env CB_TRAP
# %%
os.putenv('CB_PUT', 'x')
