# bound by the body and by every handler
# %%
x = 0
# %%
try:
    x = int('a')
except ValueError:
    x = 1
print(x)
