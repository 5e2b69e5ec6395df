# A running thread.
# no-oracle: until the ladder's fourth rung is built
# expect-exit: 1
# expect-cell 1 error: (?s)worker.*Thread
# %%
import threading, time
worker = threading.Thread(target=time.sleep, args=(0.1,)); worker.start()
# %%
worker.join()
