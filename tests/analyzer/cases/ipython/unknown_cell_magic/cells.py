# an unknown cell magic may do anything
# %%
%%frobnicate
x = 1
