# Descriptors that leaked into the cell: none but its own.
# expect-cell 0 result: ^\[\]$
# %%
import os, stat
def odd(fd):
    try:
        st = os.fstat(fd)
        target = os.readlink('/proc/self/fd/%d' % fd)
    except OSError:
        return False
    return stat.S_ISDIR(st.st_mode) or (target.startswith('/') and not target.startswith(('/dev/', '/usr/', '/work', '/tmp', '/home/cell', '/memfd:')))
[(fd, os.readlink('/proc/self/fd/%d' % fd)) for fd in range(1024) if odd(fd)]
