# %time with several statements
# %%
x = 1
# %%
%time a = x; b = a
