# A tagged reader fails and the run goes on; the name stays unreadable.
# no-oracle: until the ladder's third rung is built
# expect-exit: 0
# expect-cell 1 error: (?s)g.*generator
# expect-cell 2 result: alive
# %%
g = (i for i in range(3))
# %% tags=raises-exception
list(g)
# %%
'alive'
