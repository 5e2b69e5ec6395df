# an indented block that belongs to nothing
# %%
x = 1
# %%
y = x
    z = 2
