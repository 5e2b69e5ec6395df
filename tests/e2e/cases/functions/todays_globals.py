# A function sees the value a global has today, not the one of the day it was defined.
# user: yes
# %%
x = 'old'
def f(): return x
# %%
f()
# %%
x = 'new'
# %%
f()
# %%
del x
# %%
try:
    f()
except NameError as e:
    print(e)
# %%
x = 'third'
g = f
# %%
g(), g is f
