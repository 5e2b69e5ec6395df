# Index kinds, categoricals, dates with zones, groupby objects, styles of frames.
# %%
import pandas as pd
df = pd.DataFrame({'when': pd.date_range('2024-01-01', periods=3, tz='UTC'), 'cat': pd.Categorical(['b', 'a', 'b'])},
                  index=pd.MultiIndex.from_tuples([(1, 'x'), (1, 'y'), (2, 'x')], names=['n', 'l']))
df.attrs['note'] = 'kept'
grouped = df.groupby('cat')
# %%
df
# %%
df.dtypes
# %%
grouped.size(), df.attrs, df.cat.cat.categories.tolist()
# %%
s = pd.Series([1, None, 3], dtype='Int64', name='s')
# %%
s + 1
