# after del the name is unbound, but its deletion is what a reader sees
# %%
x = 1
# %%
del x
# %%
try:
    x
except NameError:
    gone = True
