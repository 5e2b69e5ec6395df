# a call may bind it
# %%
def maybe(c):
    global n
    if c: n = 1
n = 0
# %%
maybe(False)
# %%
n
