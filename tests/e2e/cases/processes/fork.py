# A forked child leaves without harm.
# loose-order: Jupyter reads descriptors 1 and 2 in a thread
# %%
import os
pid = os.fork()
if pid == 0: os._exit(5)
_, status = os.waitpid(pid, 0)
del pid
os.waitstatus_to_exitcode(status)
# %%
r, w = os.pipe()
if os.fork() == 0:
    os.write(w, b'from child'); os._exit(0)
os.wait(); print(os.read(r, 100))
os.close(r); os.close(w)
# %%
import signal
signal.signal(signal.SIGALRM, lambda *a: print('alarm'))
signal.alarm(1); signal.pause(); 'after'
