# catch_warnings puts the filters back
# %%
import warnings
with warnings.catch_warnings():
    warnings.simplefilter('ignore')
