# import a.b.c binds a
# %%
import os.path
# %%
os.path.join('a', 'b')
