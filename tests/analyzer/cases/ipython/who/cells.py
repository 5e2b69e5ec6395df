# %who reads every name
# %%
x = 1
# %%
%who
