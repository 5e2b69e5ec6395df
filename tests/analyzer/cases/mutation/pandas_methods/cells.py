# insert, pop, update
# %%
import pandas as pd
a = pd.DataFrame({'x': [1]})
b = pd.DataFrame({'x': [1], 'y': [2]})
# %%
a.insert(0, 'n', 5)
v = b.pop('y')
