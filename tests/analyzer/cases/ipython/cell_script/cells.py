# %%script runs another program
# %%
%%script cat
x = y
