# os.environ['A'] = '1'
# %%
import os
os.environ['CB_A'] = '1'
# %%
v = os.environ['CB_A']
# %%
w = os.getenv('CB_A')
