# a handler may see the name as it was before the body
# %%
x = 'old'
# %%
try:
    int('a')
    x = 'new'
except ValueError:
    print(x)
