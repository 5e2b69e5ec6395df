# heapq changes the heap
# %%
import heapq
h = []
# %%
heapq.heappush(h, 3)
# %%
v = heapq.heappop(h)
