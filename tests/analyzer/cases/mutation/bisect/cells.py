# bisect.insort changes, bisect.bisect does not
# %%
import bisect
a = [1, 3]
b = [1, 3]
# %%
bisect.insort(a, 2)
i = bisect.bisect(b, 2)
