# asking whether a file is there reads it
# %%
import os
n = os.path.exists('cb_none') or os.path.isfile('cb_none2')
