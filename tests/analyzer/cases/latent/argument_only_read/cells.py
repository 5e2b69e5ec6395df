# a function that only reads its argument
# %%
def total(l): return sum(l)
items = [1]
# %%
r = total(items)
