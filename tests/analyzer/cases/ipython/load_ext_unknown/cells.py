# an extension that is not known may do anything
# %%
%load_ext cb_no_such_extension
