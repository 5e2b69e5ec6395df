# !cmd leaves _exit_code
# %%
!false
# %%
code = _exit_code
