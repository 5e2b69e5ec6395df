# `__main__` is the notebook's module.
# %%
value = 3
class K: pass
# %%
import __main__, sys
__main__.value, sys.modules['__main__'] is __main__, __main__.__name__
# %%
__main__.other = 4
# %%
other, K.__module__, hasattr(__main__, 'value')
