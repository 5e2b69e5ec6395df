# A mutable default remembers calls made in other cells.
# %%
def remember(x, seen=[]):
    seen.append(x)
    return seen
# %%
remember(1)
# %%
remember(2)
# %%
remember.__defaults__, remember(3) is remember.__defaults__[0]
