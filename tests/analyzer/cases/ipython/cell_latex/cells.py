# %%latex is no Python
# %%
%%latex
$x = y$
