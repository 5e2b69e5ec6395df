# print, len, sum, repr, str, list change nothing
# %%
x = [1]
# %%
print(x, len(x), sum(x), repr(x), str(x), list(x), max(x), isinstance(x, list))
