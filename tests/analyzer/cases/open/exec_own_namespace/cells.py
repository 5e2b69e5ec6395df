# exec into a dict of its own touches no name of the notebook
# %%
ns = {}
# %%
exec('a = 1', ns)
