# scopes inside f-strings
# %%
xs = [1, 2]
# %%
s = f"{[i for i in xs]} {(lambda q: q)(1)}"
