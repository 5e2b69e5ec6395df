# os.chdir
# %%
import os
os.mkdir('cb_sub')
os.chdir('cb_sub')
# %%
here = os.getcwd()
