# logging.basicConfig and setLevel
# %%
import logging
logging.basicConfig(level=logging.INFO)
