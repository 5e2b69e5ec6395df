# a non-breaking space is no white space for Python
# %%
x = 1
y = x
