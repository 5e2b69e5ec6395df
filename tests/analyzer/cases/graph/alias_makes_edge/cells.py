# a change through an alias is seen by readers of the other name
# %%
x = [1]
# %%
y = x
# %%
y.append(2)
# %%
print(x)
