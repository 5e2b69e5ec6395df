# a call deletes the notebook's name
# %%
def drop():
    global n
    del n
n = 0
# %%
drop()
