# a walrus behind `and` may not bind
# %%
a = True
v = 0
# %%
if a and (v := 1):
    pass
w = v
