# _tmp is an ordinary name
# %%
_tmp = 1
# %%
y = _tmp
