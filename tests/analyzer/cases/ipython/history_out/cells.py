# Out is the table of results
# %%
40 + 2
# %%
y = Out
