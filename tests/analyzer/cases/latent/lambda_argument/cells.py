# a lambda as an argument
# %%
import pandas as pd
df = pd.DataFrame({'a': [1, 2]})
k = 2
# %%
df['b'] = df['a'].apply(lambda v: v * k)
