# several statements in a line
# %%
x = 1; y = x; z = y;
