# union and | are new
# %%
a = {1}
# %%
b = a.union({2}) | a
