# A timer that still waits goes on waiting where it is needed.
# %%
import threading
fired = []
timer = threading.Timer(0.3, fired.append, args=['now'])
timer.daemon = True
later = threading.Timer(1000, fired.append, args=['never'])
later.daemon = True
timer.start(); later.start()
# %%
later.is_alive(), later.cancel()
# %%
later.join(); timer.join()
fired, later.is_alive()
# %%
fired
