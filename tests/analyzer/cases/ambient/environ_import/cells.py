# from os import environ
# %%
from os import environ
environ['CB_C'] = '1'
