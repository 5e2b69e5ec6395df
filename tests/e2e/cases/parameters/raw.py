# -r keeps text.
# args: -r alpha 3 -r b True
# %% tags=parameters
alpha = 1
# %% oracle-only tags=injected-parameters source="# Parameters\nalpha = \"3\"\nb = \"True\"\n"
# %%
alpha, b
