# deque's ends
# %%
import collections
q = collections.deque([1])
# %%
q.appendleft(0)
q.rotate(1)
q.popleft()
