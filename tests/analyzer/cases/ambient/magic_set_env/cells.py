# %set_env A 1
# %%
%set_env CB_E=1
