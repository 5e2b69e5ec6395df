# a bound method kept in a name
# %%
x = []
# %%
add = x.append
add(1)
