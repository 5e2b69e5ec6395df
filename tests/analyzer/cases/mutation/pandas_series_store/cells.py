# s[…] = and s.iloc[…] =
# %%
import pandas as pd
s = pd.Series([1, 2])
# %%
s.iloc[0] = 9
s[1] = 8
