# An undefined name ends the run; the cells below stay as they were.
# expect-exit: 1
# %%
x = 1
# %%
print('before')
undefined_name + x
# %%
print('never')
