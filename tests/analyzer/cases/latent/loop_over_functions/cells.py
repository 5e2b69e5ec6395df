# functions called through a loop's name
# %%
j = 1
k = 2
def a(): return j
def b(): return k
# %%
for fn in (a, b):
    fn()
