# the test of a while loop is read; its body may not run
# %%
n = 3
k = 1
# %%
while n > 0:
    n -= k
