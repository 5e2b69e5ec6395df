# UsageError goes to standard error without an error output, and the run fails.
# expect-exit: 1
# %%
1
# %%
%no_such_magic
# %%
'never'
