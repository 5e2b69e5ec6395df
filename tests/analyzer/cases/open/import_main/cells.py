# import __main__ names the notebook's namespace
# %%
import __main__
__main__.made = 1
