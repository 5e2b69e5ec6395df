# the path as a keyword
# %%
import pandas as pd
df = pd.DataFrame({'a': [1]})
df.to_json(path_or_buf='cb.json')
# %%
e = pd.read_json(path_or_buf='cb.json')
