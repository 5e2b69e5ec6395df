# nbformat 4.2.
# minor: 2
# %%
from IPython.display import JSON
JSON([1])
