# Subprocesses, pipes, return codes, the interpreter itself.
# user: yes
# %%
import subprocess, sys
subprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True, text=True).stdout
# %%
r = subprocess.run('echo out; echo err >&2; exit 3', shell=True, capture_output=True, text=True)
r.returncode, r.stdout, r.stderr
# %%
r.args, subprocess.check_output(['tr', 'a-z', 'A-Z'], input=b'piped')
# %% tags=raises-exception
subprocess.check_call(['false'])
# %%
import os
os.popen('echo popen').read()
