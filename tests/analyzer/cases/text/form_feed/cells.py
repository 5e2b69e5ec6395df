# a form feed is white space
# %%
x = 1
y = x
