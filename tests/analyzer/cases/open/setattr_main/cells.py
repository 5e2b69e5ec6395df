# setattr on the module __main__
# %%
import sys
# %%
setattr(sys.modules['__main__'], 'made', 1)
