# a comment as the last line
# %%
x = 1
# end
