# with … as o.f
# %%
import contextlib
import types
o = types.SimpleNamespace()
# %%
with contextlib.nullcontext(1) as o.f:
    pass
