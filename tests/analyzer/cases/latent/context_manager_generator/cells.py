# contextlib.contextmanager
# %%
import contextlib
log = []
@contextlib.contextmanager
def ctx():
    log.append(1)
    yield
# %%
with ctx():
    pass
