# Everything ignored and masked: the time limit still holds.
# args: --timeout 2
# expect-exit: 3
# %%
import signal, time
for s in range(1, 65):
    try: signal.signal(s, signal.SIG_IGN)
    except (OSError, ValueError): pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    try: time.sleep(100)
    except BaseException: pass
