# Ambient state that was saved but cannot be put in place later: said, and the cells go on.
# no-oracle: nothing fails in one process
# expect-exit: 0
# expect-stderr: hooks could not be put in place.*not here
# expect-cell 2 result: 1
# %%
import sys
def fail():
    raise ValueError('not here')
class Hook:
    def __reduce__(self):
        return fail, ()
    def __call__(self, *args):
        pass
sys.unraisablehook = Hook()
# %%
x = 1
# %%
x
