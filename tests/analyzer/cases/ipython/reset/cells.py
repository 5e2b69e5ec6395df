# %reset -f clears the namespace
# %%
x = 1
# %%
%reset -f
