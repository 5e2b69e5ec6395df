# df['c'] = …
# %%
import pandas as pd
df = pd.DataFrame({'a': [1, 2]})
# %%
df['b'] = df['a'] * 2
# %%
df.b
