# without inplace the frame stays as it was
# %%
import pandas as pd
df = pd.DataFrame({'a': [2, 1], 'b': [3, 4]})
# %%
e = df.drop(columns='b')
f = df.sort_values('a', inplace=False)
g = df.fillna(0).rename(columns={'a': 'q'})
