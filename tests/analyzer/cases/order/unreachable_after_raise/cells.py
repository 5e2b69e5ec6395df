# statements behind raise do not run
# %%
x = 0
# %%
try:
    raise ValueError
    x = 1
except ValueError:
    pass
print(x)
