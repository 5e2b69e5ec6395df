# Unknown numbers answer ENOSYS and do no harm; a second filter listener is refused.
# expect-cell 0 result: ^\[\]$
# expect-cell 1 result: (?i)true
# %%
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
bad = []
for n in list(range(463, 601)):
    ctypes.set_errno(0)
    if libc.syscall(n, 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() not in (errno.ENOSYS, errno.EPERM): bad.append(n)
bad
# %%
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(4, 0, 0, 0, 0) == -1 or libc.prctl(3, 0, 0, 0, 0) == 1
