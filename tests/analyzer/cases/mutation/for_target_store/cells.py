# the target of a loop may be a subscript
# %%
x = [0]
# %%
for x[0] in range(3):
    pass
