# A workspace module has state of its own, shared by everyone who imports it.
# %% file: store.py
items = []
count = 0
def add(x):
    global count
    count += 1
    items.append(x)
class Thing:
    made = 0
    def __init__(self): Thing.made += 1
# %%
import store
store.add('one')
mine = store.items
# %%
from store import add, items
add('two')
# %%
store.count, items, mine is store.items
# %%
import store as again
t = again.Thing()
# %%
again.Thing.made, isinstance(t, store.Thing), store is again
# %%
store.count = 50
add('three')
# %%
store.count, mine
