# from matplotlib import rcParams
# %%
from matplotlib import rcParams
rcParams['font.size'] = 9
