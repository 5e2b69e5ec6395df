# a function that runs in a thread
# %%
import threading
box = []
def work(): box.append(1)
# %%
t = threading.Thread(target=work)
t.start()
t.join()
del t
