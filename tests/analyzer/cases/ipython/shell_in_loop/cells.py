# a shell line in a block reads the loop's name, which the cell binds
# %%
names = ['a', 'b']
# %%
for n in names:
    !echo {n}
