# with … as binds
# %%
import contextlib
cm = contextlib.nullcontext(3)
# %%
with cm as (v), contextlib.nullcontext([1, 2]) as (a, b):
    w = v
