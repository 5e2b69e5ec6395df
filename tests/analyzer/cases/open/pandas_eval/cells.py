# df.eval and df.query read names behind @
# %%
import pandas as pd
df = pd.DataFrame({'a': [1, 2]})
lim = 1
# %%
r = df.query('a > @lim')
