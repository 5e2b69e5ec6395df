# a level of the root logger
# %%
import logging
logging.getLogger().setLevel(logging.ERROR)
