# update, pop, setdefault of os.environ
# %%
import os
os.environ.update(CB_B='2')
# %%
os.environ.pop('CB_B')
