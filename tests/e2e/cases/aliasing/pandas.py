# A frame, a second name for it, and a column taken from it.
# %%
import pandas as pd
df = pd.DataFrame({'a': [1, 2, 3], 'b': list('xyz')})
same = df
# %%
df['c'] = df.a * 2
# %%
same
# %%
same.loc[0, 'a'] = 100
# %%
df.a.tolist(), same is df
# %%
df = df[df.a > 2]
# %%
len(df), len(same)
# %%
same.drop(columns='c', inplace=True)
list(same), list(df)
