# a function changes a copy of its argument
# %%
def plus(l):
    l = list(l)
    l.append(1)
    return l
items = [1]
# %%
r = plus(items)
