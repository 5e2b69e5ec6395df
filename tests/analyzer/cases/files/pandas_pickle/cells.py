# to_pickle and read_pickle
# %%
import pandas as pd
df = pd.DataFrame({'a': [1]})
df.to_pickle('cb.pkl')
# %%
e = pd.read_pickle('cb.pkl')
