# get_ipython().run_cell runs any text
# %%
code = 'x = 1'
# %%
get_ipython().run_cell(code)
