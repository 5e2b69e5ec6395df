# Without a tagged cell: at the top, with a warning.
# args: -p x 2
# expect-stderr: (?i)parameters
# %% oracle-only tags=injected-parameters source="# Parameters\nx = 2\n"
# %%
x
