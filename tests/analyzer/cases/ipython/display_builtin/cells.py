# display and get_ipython are there without an import
# %%
x = 1
# %%
display(x)
