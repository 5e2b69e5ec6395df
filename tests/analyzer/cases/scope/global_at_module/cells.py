# global at the top level changes nothing
# %%
global g
g = 1
