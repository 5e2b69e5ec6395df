# A kept exception keeps its traceback: the frames are made again from their code.
# %%
def fail(): raise ValueError('kept')
try:
    fail()
except ValueError as e:
    saved = e
# %% tags=raises-exception
raise saved
