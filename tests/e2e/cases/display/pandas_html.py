# Frames have HTML; Styler output differs only in its id.
# normalise: T_[0-9a-f]{5} => T_ID
# %%
import pandas as pd
df = pd.DataFrame({'a': [1, 2]}, index=['x', 'y'])
df
# %%
df.style.set_caption('c')
# %%
df.a
# %%
df.style.format('{:.1f}', subset=['a']).set_uuid('fixed')
