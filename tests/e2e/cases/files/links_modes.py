# Symbolic and hard links, modes, times, executables.
# %%
import os
open('f', 'w').write('x')
os.symlink('f', 'soft'); os.symlink('nowhere', 'broken'); os.link('f', 'hard')
os.chmod('f', 0o640)
os.utime('f', (1000, 2000))
# %%
os.readlink('soft'), os.path.exists('broken'), os.path.lexists('broken'), os.stat('f').st_mtime, oct(os.stat('f').st_mode)
# %%
open('soft', 'a').write('y')
# %%
open('f').read()
# %%
open('run.sh', 'w').write('#!/bin/sh\necho ran $1\n'); os.chmod('run.sh', 0o755)
# %%
!./run.sh well
# %%
os.remove('f')
# %%
os.path.exists('soft'), os.path.exists('hard')
