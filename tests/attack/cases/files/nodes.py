# Links to the host, FIFOs, sockets and devices left in the workspace: harvested safely or dropped.
# expect-cell 1 stdout: next
# %%
import os, socket
os.symlink('@CANARY@', 'to-canary'); os.symlink('/', 'to-root'); os.symlink('..', 'up'); os.symlink('loop', 'loop'); os.symlink('x' * 4000, 'long')
os.mkfifo('fifo')
s = socket.socket(socket.AF_UNIX); s.bind('sock'); s.close(); del s
try: os.mknod('null', 0o20666, os.makedev(1, 3))
except OSError: pass
os.symlink('/etc', 'd'); 
try: os.link('/etc/passwd', 'hard')
except OSError: pass
# %%
import os
try:
    print(open('to-canary').read())
except OSError: pass
print('next', sorted(os.listdir('.')))
