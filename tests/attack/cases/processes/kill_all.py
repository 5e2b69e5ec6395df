# kill(-1) reaches nothing but the cell's own.
# expect-exit: 0|3
# expect-cell 0 result: first
# %%
'first'
# %%
import os, signal, subprocess
for pid in (@PID@, os.getppid()):
    try:
        os.kill(pid, 0)
        print('SEES', pid) if pid == @PID@ and pid > 1000 else None
    except OSError: pass
try: os.kill(-1, 0)
except OSError: pass
signal.signal(signal.SIGTERM, signal.SIG_IGN)
try:
    os.kill(-1, signal.SIGTERM)
except OSError as e: print(e)
# %%
'next'
