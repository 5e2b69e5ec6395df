# A thread that acts after the result was sent.
# expect-cell 1 result: ^\(False, \[1\]\)$
# %%
import threading, time, os
l = [1]
def later():
    time.sleep(0.05)
    while True:
        l.append(2)
        try: open('late', 'w').write('x')
        except OSError: pass
        time.sleep(0.5)
def start(): threading.Thread(target=later, daemon=True).start()
start()
# %%
os.path.exists('late'), l[:1]
