# Descriptors sent over guessed sockets.
# expect-exit: 0|1|3|4
# args: --timeout 15
# timeout: 60
# %%
import os, socket, array
for fd in range(3, 64):
    try:
        s = socket.socket(fileno=os.dup(fd))
        s.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0] * 100))])
    except OSError: pass
