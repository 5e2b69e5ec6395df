# plain assignment and use
# %%
x = 1
# %%
y = x
# %%
z = x + y
