# a line that begins with % inside brackets is a modulo
# %%
a = 7
b = 4
# %%
r = (a
     % b)
