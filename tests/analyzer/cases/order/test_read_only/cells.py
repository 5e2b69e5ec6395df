# reads in the test are sure, those in the arms are not
# %%
c = True
a = b = 1
# %%
r = a if c else b
