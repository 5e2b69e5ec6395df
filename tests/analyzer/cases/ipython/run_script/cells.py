# %run leaves the script's names
# %%
%run cb_no_such_script.py
# %%
y = 1
