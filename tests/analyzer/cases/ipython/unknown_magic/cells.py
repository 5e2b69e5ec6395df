# an unknown magic may do anything
# %%
x = 1
# %%
%frobnicate x
