# inplace=flag may change
# %%
import pandas as pd
df = pd.DataFrame({'a': [2, 1]})
flag = True
# %%
df.sort_values('a', inplace=flag)
