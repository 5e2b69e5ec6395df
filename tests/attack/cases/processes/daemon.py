# A double-forked daemon in a session of its own ends with its cell.
# expect-cell 1 result: ^0$
# %%
import os, time
pid = os.fork()
if pid == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(3, 1024):
            try: os.close(fd)
            except OSError: pass
        time.sleep(300)
    os._exit(0)
os.waitpid(pid, 0); del pid
# %%
import os
len([p for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid(), os.getppid())])
