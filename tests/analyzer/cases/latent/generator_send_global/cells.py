# a for loop consumes a generator
# %%
log = []
def gen():
    log.append(1)
    yield 1
# %%
for v in gen():
    pass
