# A socket.
# no-oracle: until the ladder's third rung is built
# expect-exit: 1
# expect-cell 1 error: (?s)pair.*socket
# %%
import socket
pair = socket.socketpair()
# %%
pair[0].send(b'x')
