# {name} in a shell line is Python
# %%
name = 'a'
n = 2
# %%
!echo {name} {n + 1}
