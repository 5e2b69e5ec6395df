# A kept exception keeps its traceback: frames cannot be copied.
# known-gap: needs lineage, the fidelity ladder's third rung
# %%
def fail(): raise ValueError('kept')
try:
    fail()
except ValueError as e:
    saved = e
# %% tags=raises-exception
raise saved
