# A function of an earlier cell changes an object that a third cell made.
# %%
def add(target, x): target.append(x)
def add_global(x): log.append(x)
# %%
log = []
other = {'log': log}
# %%
add(log, 1)
add_global(2)
# %%
log, other['log']
# %%
other['log'].clear()
# %%
log
