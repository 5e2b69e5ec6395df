# -r keeps text.
# args: -r alpha 3 -r b True
# %% tags=parameters
alpha = 1
# %% oracle-only tags=injected-parameters
# Parameters
alpha = "3"
b = "True"

# %%
alpha, b
