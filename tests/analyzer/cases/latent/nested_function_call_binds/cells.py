# the call binds what the next statement reads
# %%
def setup():
    global a, b
    a = 1
    b = 2
# %%
setup()
c = a + b
