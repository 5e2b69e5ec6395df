# simplefilter
# %%
import warnings
warnings.simplefilter('always')
