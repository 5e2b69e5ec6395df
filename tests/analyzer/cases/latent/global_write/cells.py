# a call binds the notebook's name
# %%
def bump():
    global n
    n = n + 1
n = 0
# %%
bump()
# %%
n
