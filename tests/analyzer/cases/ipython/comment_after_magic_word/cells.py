# a name that equals a magic is a variable when it is used as one
# %%
time = 3
who = 4
# %%
time + who
