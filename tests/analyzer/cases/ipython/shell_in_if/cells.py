# a shell line under a condition
# %%
flag = True
word = 'x'
# %%
if flag:
    !echo {word}
