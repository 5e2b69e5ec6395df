# An extension loaded in one cell is loaded in the next.
# %% file: my_ext.py
def load_ipython_extension(ip):
    ip.user_ns['loaded_by_ext'] = True
    print('loading')
def unload_ipython_extension(ip):
    print('unloading')
# %%
%load_ext my_ext
# %%
loaded_by_ext
# %%
%load_ext my_ext
# %%
%unload_ext my_ext
