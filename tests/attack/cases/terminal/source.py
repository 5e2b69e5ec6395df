# Escape sequences in the notebook's own source and in names that a message repeats.
# expect-exit: 1
# %%
globals()['g\x1b]0;x\x07'] = (i for i in 'x')
# %% source="x = '\u001b]0;owned\u0007\u001b[2J'\nraise ValueError(x)"
