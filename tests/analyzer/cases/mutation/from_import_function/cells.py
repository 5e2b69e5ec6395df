# the function's own name, imported
# %%
from heapq import heappush as hp
h = []
# %%
hp(h, 1)
