# importlib.import_module is no open world for names
# %%
import importlib
m = importlib.import_module('json')
