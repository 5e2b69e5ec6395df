# %xdel x deletes x
# %%
x = [1]
# %%
%xdel x
