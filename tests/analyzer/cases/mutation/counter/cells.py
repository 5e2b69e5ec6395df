# Counter.update and a missing key
# %%
import collections
c = collections.Counter()
# %%
c.update('abc')
c['z'] += 1
