# an unknown magic says its name
# %%
%cb_strange_magic
