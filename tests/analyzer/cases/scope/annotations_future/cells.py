# with annotations postponed none is read
# %%
from __future__ import annotations
def f(a: Nowhere): return a
