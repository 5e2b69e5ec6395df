# __reduce__, __getstate__ and __del__ that raise, hang or lie: a clear message, only for readers.
# args: --timeout 10
# expect-exit: 1
# expect-cell 1 stdout: fine
# expect-cell 2 error: (?s)bad
# %%
class Bad:
    def __reduce_ex__(self, p): raise ValueError('no copies of me')
    def __del__(self): raise RuntimeError('del')
bad = Bad(); fine = 'fine'
# %%
print(fine)
# %%
bad
