# df.columns = …
# %%
import pandas as pd
df = pd.DataFrame({'a': [1, 2]})
# %%
df.columns = ['z']
