# !!cmd gives the lines as the cell's result
# %%
who = 'me'
# %%
!!echo {who}
