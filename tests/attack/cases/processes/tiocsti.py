# Typing into the terminal of whoever started the run.
# expect-cell 1 result: next
# %%
import fcntl, termios, os
for path in ('/dev/tty', '/proc/self/fd/0', '/proc/self/fd/1', '/proc/self/fd/2'):
    try:
        fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(fd, termios.TIOCSTI, b'x'); print('TYPED')
    except OSError: pass
# %%
'next'
