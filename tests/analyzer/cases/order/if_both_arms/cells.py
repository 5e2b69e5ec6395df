# bound in every arm: no read
# %%
c = True
y = 0
# %%
if c:
    y = 1
else:
    y = 2
print(y)
# %%
y
