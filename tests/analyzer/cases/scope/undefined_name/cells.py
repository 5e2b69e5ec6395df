# a name that no cell binds is read too: a later edit may bind it
# %%
try:
    r = maybe_somewhere
except NameError:
    r = None
