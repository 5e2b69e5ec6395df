# head, describe, groupby, iloc reading, plotting change nothing
# %%
import pandas as pd
df = pd.DataFrame({'x': [1, 1], 'y': [2, 3]})
# %%
df.head()
df.describe()
r = df.groupby('x').y.mean()
s = df.iloc[0]
len(df)
