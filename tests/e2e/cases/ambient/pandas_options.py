# Pandas options.
# %%
import pandas as pd
pd.set_option('display.max_rows', 4)
pd.options.display.precision = 2
# %%
pd.DataFrame({'a': [1.23456] * 10})
# %%
with pd.option_context('display.max_rows', 2):
    print(pd.get_option('display.max_rows'))
# %%
pd.get_option('display.max_rows')
# %%
pd.reset_option('display.max_rows')
# %%
pd.get_option('display.max_rows'), pd.get_option('display.precision')
# %%
pd.set_option('display.float_format', lambda v: '<%.1f>' % v)
# %%
print(pd.Series([1.25, 2.5]))
