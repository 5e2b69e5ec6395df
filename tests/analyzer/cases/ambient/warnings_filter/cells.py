# warnings.filterwarnings
# %%
import warnings
warnings.filterwarnings('ignore')
