# a magic called as a function
# %%
get_ipython().run_line_magic('run', 'cb_no_such.py')
