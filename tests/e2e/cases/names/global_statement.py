# A function's `global` store and delete reach the notebook's namespace.
# %%
def bump():
    global counter
    counter += 1
def fresh():
    global made_here
    made_here = 'made'
# %%
counter = 0
# %%
bump(); bump()
fresh()
# %%
counter, made_here
# %%
bump()
counter
