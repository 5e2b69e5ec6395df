# an arm that raises does not reach the read
# %%
c = True
y = 0
# %%
if c: y = 1
else: raise ValueError
print(y)
