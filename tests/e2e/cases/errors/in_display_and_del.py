# Errors in __del__ and in callbacks are printed, not raised.
# %%
class D:
    def __del__(self): print('deleted')
d = D()
del d
# %% tags=raises-exception
assert 1 == 2, 'one is not two'
# %% tags=raises-exception
raise ValueError('multi\nline\n\x1b[1mbold\x1b[0m ünï')
