# a copy of a frame
# %%
import pandas as pd
df = pd.DataFrame({'x': [1, 1]})
# %%
e = df.copy()
e['z'] = 0
