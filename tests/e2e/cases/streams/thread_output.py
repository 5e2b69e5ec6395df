# Threads that print, joined in the cell.
# loose-order: threads
# %%
import threading
def say(): print('from thread')
t = threading.Thread(target=say); t.start(); t.join()
del t
# %%
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as pool:
    print(list(pool.map(lambda x: x * x, range(5))))
