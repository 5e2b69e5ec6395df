# inplace=True
# %%
import pandas as pd
df = pd.DataFrame({'a': [1, 2], 'b': [3, 4]})
# %%
df.drop(columns='b', inplace=True)
