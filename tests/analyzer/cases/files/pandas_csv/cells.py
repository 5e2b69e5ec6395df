# to_csv and read_csv
# %%
import pandas as pd
df = pd.DataFrame({'a': [1]})
df.to_csv('cb.csv', index=False)
# %%
e = pd.read_csv('cb.csv')
