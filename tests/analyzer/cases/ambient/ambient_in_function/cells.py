# settings made by a function happen at its call
# %%
import os
def setup():
    os.environ['CB_F'] = '1'
# %%
setup()
