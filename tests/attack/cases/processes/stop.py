# A cell that stops itself meets its time limit.
# args: --timeout 3
# expect-exit: 3
# %%
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
