# %env A=1
# %%
%env CB_D=1
