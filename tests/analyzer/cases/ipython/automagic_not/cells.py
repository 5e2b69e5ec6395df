# `pwd = 1` assigns, it is no magic
# %%
pwd = 1
# %%
pwd + 1
