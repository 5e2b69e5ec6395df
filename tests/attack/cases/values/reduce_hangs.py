# Pickling that never ends meets the time limit.
# args: --timeout 4
# expect-exit: 1|3
# timeout: 60
# %%
class Slow:
    def __reduce_ex__(self, p):
        while True: pass
slow = Slow()
# %%
slow
