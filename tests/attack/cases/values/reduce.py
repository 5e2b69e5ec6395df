# __reduce__ that runs code where it is loaded: with the reader's rights, in the reader's sandbox.
# expect-cell 2 result: next
# %%
class Evil:
    def __reduce__(self):
        import os
        return (os.system, ('touch @CANARY@; echo overwritten > @CANARY@; cat @CANARY@; id -u > /tmp/who',))
e = Evil()
# %% tags=raises-exception
e
# %%
'next'
