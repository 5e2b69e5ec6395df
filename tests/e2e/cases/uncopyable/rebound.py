# Once rebound or deleted, it is no trouble to later cells.
# %%
g = (i for i in range(3))
h = open('/dev/null')
h.close()
# %%
g = list('ab')
# %%
g
# %%
del h
'h' in globals()
