# pd.options.display.x = …
# %%
import pandas as pd
pd.options.display.max_rows = 7
