# locals() at the top level is the notebook's namespace
# %%
x = 1
# %%
n = 'x' in locals()
