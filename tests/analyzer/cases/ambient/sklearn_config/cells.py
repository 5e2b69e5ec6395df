# sklearn.set_config
# %%
import sklearn
sklearn.set_config(display='text')
