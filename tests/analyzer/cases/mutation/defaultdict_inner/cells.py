# d[k].append(v)
# %%
import collections
d = collections.defaultdict(list)
# %%
d['a'].append(1)
