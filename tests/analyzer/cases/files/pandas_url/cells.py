# a URL is no file of the workspace
# %%
import pandas as pd
df = pd.read_csv('https://example.org/a.csv')
