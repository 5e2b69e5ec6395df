# A representation that hangs meets the time limit.
# args: --timeout 3
# expect-exit: 3
# %%
class H:
    def _repr_html_(self):
        while True: pass
H()
