# A magic called wrongly.
# %% tags=raises-exception
%cd /no/such/directory
# %%
'goes on'
# %% tags=raises-exception
%%no_such_cell_magic
x
# %%
'and on'
