# A traceback shows the source of functions from earlier cells, under their names.
# user: yes
# %%
def inner(d):
    # look it up
    return d['missing']
# %%
def outer():
    return inner({})
# %%
outer()
