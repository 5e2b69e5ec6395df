# --allow-errors goes on after every failure.
# args: --allow-errors
# expect-exit: 0
# user: yes
# %%
1/0
# %%
x = 1
undefined
# %%
x
# %%
%no_such_magic
# %%
'end'
