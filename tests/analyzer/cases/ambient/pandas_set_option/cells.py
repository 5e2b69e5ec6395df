# pd.set_option
# %%
import pandas as pd
pd.set_option('display.max_rows', 7)
