# %cd
# %%
%cd ..
