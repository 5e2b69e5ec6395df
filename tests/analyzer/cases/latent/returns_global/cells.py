# what a function returns is the global itself
# %%
cfg = {}
def get(): return cfg
# %%
get()['a'] = 1
