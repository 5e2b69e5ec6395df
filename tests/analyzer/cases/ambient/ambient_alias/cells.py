# e = os.environ; e['A'] = '1'
# %%
import os
e = os.environ
# %%
e['CB_G'] = '1'
