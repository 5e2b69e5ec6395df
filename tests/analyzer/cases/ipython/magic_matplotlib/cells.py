# %matplotlib inline touches no variable
# %%
x = 1
# %%
%matplotlib inline
y = x
