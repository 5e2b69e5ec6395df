# a shell command continues behind a backslash
# %%
a = 'x'
b = 'y'
# %%
!echo {a} \
  {b}
