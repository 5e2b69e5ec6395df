# what a cell binds and deletes itself is not left to others
# %%
tmp = 1
del tmp
y = 2
