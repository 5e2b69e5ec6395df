# the file name of %%writefile is expanded
# %%
n = 'cb'
# %%
%%writefile {n}.txt
hello
