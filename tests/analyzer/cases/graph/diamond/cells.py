# two middle cells, one end
# %%
a = 1
# %%
b = a
# %%
c = a
# %%
d = b + c
