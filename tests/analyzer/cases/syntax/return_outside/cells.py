# return outside a function is refused by the compiler
# %%
x = 1
# %%
y = x
return y
