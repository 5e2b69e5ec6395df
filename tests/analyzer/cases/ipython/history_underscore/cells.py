# _ is the last result
# %%
40 + 2
# %%
y = _ + 1
