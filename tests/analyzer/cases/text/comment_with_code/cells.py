# code in comments is none
# %%
x = 1  # y = z
# w = 2
