# df.loc[…] = …
# %%
import pandas as pd
df = pd.DataFrame({'a': [1, 2]})
lim = 1
# %%
df.loc[df.a > lim, 'a'] = 0
