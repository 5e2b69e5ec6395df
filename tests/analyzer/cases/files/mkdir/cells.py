# os.makedirs and os.listdir
# %%
import os
os.makedirs('cb_m')
# %%
os.listdir('cb_m')
