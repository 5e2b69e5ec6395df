# Threads without end.
# args: --pids 200 --timeout 30
# expect-exit: 0|1|3
# timeout: 90
# expect-cell 0 stdout: limit
# %%
import threading, time
try:
    while True: threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
except RuntimeError as e: print('limit', e)
# %%
'next'
