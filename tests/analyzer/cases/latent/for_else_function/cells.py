# the function of a while loop's test
# %%
n = 2
def more(): return n < 2
# %%
while more():
    pass
