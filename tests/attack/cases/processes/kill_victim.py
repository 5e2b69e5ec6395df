# A process of the host by its number, and every number in reach.
# expect-cell 1 result: next
# %%
import os, signal
me = {os.getpid(), os.getppid(), 1}
for pid in [@PID@] + [p for p in range(2, 400)] :
    if pid in me: continue
    try: os.kill(pid, signal.SIGKILL)
    except OSError: pass
# %%
'next'
