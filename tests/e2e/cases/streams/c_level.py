# What C code, subprocesses and os.write print.
# loose-order: Jupyter reads descriptors 1 and 2 in a thread
# user: yes
# %%
import os, sys, subprocess, time
os.write(1, b'by descriptor\n'); time.sleep(0.3)
# %%
os.system('echo system; echo syserr >&2'); time.sleep(0.3)
# %%
subprocess.run(['echo', 'child']); time.sleep(0.3)
# %%
import ctypes
libc = ctypes.CDLL(None); libc.puts(b'from libc'); libc.fflush(None); time.sleep(0.3)
# %%
os.write(2, b'to stderr\n') and time.sleep(0.3)
