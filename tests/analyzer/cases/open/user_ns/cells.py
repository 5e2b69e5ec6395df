# get_ipython().user_ns
# %%
x = 1
# %%
ns = get_ipython().user_ns
v = ns['x']
