# a name bound in one arm only may be read
# %%
c = False
y = 0
# %%
if c:
    y = 1
print(y)
# %%
y
