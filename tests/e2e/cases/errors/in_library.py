# A traceback through library code.
# %% tags=raises-exception
import json
json.loads('{')
# %% tags=raises-exception
import pandas as pd
pd.DataFrame({'a': [1]})['b']
