# A kept exception keeps its traceback: the frames are made again from their code. (Two statements on the line that
# raises would leave it to stack_data's set order, in Jupyter as well, which of them gives the frame its context.)
# %%
def fail():
    raise ValueError('kept')
try:
    fail()
except ValueError as e:
    saved = e
# %% tags=raises-exception
raise saved
