# Two closures that share a cell keep sharing it.
# user: yes
# %%
def counter():
    n = 0
    def up():
        nonlocal n
        n += 1
        return n
    def get(): return n
    return up, get
up, get = counter()
other_up, other_get = counter()
# %%
up(), up()
# %%
get()
# %%
up()
other_up()
# %%
get(), other_get(), up.__closure__[0] is get.__closure__[0]
