# Loading, printing, iterating and hashing objects changes nothing that a later cell could see.
# %%
import pandas as pd, numpy as np, re
df = pd.DataFrame({'a': range(3)})
d = {'x': [1]}
s = 'text' * 3
class L:
    def __init__(self): self.reads = 0
    def __getattr__(self, n): raise AttributeError(n)
l = L()
# %%
print(df.describe().shape, df.a.values.sum(), d, s)
for row in df.itertuples(): pass
# %%
repr(df), hash(s) == hash('text' * 3), len(d), l.reads
# %%
df.equals(pd.DataFrame({'a': range(3)})), d
