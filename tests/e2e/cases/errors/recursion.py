# A RecursionError's traceback.
# %% tags=raises-exception
def f(n):
    return f(n + 1)
try:
    f(0)
except RecursionError:
    raise RecursionError('too deep') from None
# %%
'alive'
