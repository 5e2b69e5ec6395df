# what try binds may be missing in the handler
# %%
x = 0
# %%
try:
    x = int('a')
except ValueError:
    pass
print(x)
