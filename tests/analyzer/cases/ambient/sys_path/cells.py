# sys.path.append and insert
# %%
import sys
sys.path.append('cb_lib')
# %%
sys.path.insert(0, 'cb_lib2')
