# %run
# %%
%run cb_none.py
