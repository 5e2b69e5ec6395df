# else runs after a body that raised nothing
# %%
x = 0
# %%
try:
    pass
except ValueError:
    x = 1
else:
    x = 2
print(x)
