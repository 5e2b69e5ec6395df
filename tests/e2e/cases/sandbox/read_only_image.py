# The image is read-only, the network is not there.
# no-oracle: Jupyter has no sandbox
# user: yes
# expect-cell 0 result: ^\(False, False, False\)$
# expect-cell 1 stdout: no network
# %%
def writable(path):
    try:
        open(path + '/cb-e2e-probe', 'w').close()
        return True
    except OSError:
        return False
writable('/usr'), writable('/etc'), writable('/')
# %%
import socket
try:
    socket.create_connection(('1.1.1.1', 53), timeout=2)
    print('connected')
except OSError as e:
    print('no network')
