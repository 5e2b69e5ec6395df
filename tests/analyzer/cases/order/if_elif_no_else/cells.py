# elif without else
# %%
c = 1
y = 0
# %%
if c == 1: y = 1
elif c == 2: y = 2
print(y)
