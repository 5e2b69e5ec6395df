# A fork bomb meets the process limit; the run ends or goes on.
# args: --pids 200 --timeout 20
# expect-exit: 0|1|3
# timeout: 90
# %%
import os, time
n = 0
while True:
    try:
        pid = os.fork()
    except OSError as e:
        print('limit', e.errno); break
    if pid == 0:
        while True:
            try: os.fork()
            except OSError: time.sleep(0.2)
    n += 1
# %%
'next'
