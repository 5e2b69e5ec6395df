# Odd socket families, and no way to the host's loopback.
# expect-cell 0 result: ^\[\]$
# expect-cell 1 stdout: ^blocked$
# expect-cell 2 result: next
# %%
import socket
made = []
for family in ('AF_VSOCK', 'AF_ALG', 'AF_PACKET', 'AF_CAN', 'AF_TIPC', 'AF_BLUETOOTH'):
    try:
        socket.socket(getattr(socket, family), socket.SOCK_DGRAM if family != 'AF_ALG' else socket.SOCK_SEQPACKET).close()
        made.append(family)
    except (OSError, AttributeError): pass
made
# %%
import socket
try:
    socket.create_connection(('127.0.0.1', @PORT@), timeout=3)
    print('CONNECTED')
except OSError:
    print('blocked', end='')
# %%
'next'
