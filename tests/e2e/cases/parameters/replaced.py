# A cell tagged injected-parameters is replaced.
# args: -p x 2
# no-oracle: the cell itself changes
# expect-cell 1 no-output: an assignment
# expect-cell 2 result: ^2$
# %% tags=parameters
x = 0
# %% tags=injected-parameters
# Parameters
x = 1
# %%
x
