# operands after the first may not be read
# %%
a = True
b = 1
# %%
r = a or b
