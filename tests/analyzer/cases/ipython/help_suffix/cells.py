# x? looks at x
# %%
x = 1
# %%
x?
