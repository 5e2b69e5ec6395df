# $$name is left to the shell
# %%
name = 'a'
# %%
!echo $$name
