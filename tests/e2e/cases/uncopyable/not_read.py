# What nobody reads harms nobody.
# user: yes
# %%
import threading, sqlite3, socket
g = (i for i in range(3))
handle = open('/dev/null')
db = sqlite3.connect(':memory:')
lock = threading.Lock()
s = socket.socketpair()
ok = [1]
# %%
ok.append(2)
# %%
ok
