# only who reads the environment depends on its writer
# %%
import os
os.environ['CB_Q'] = '1'
# %%
x = 1 + 1
# %%
v = os.environ['CB_Q']
