# with runs __enter__ and __exit__
# %%
log = []
class M:
    def __enter__(self): log.append('in')
    def __exit__(self, *a): log.append('out')
m = M()
# %%
with m:
    pass
