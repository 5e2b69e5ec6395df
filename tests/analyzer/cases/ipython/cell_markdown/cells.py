# %%markdown is no Python
# %%
%%markdown
a `x` b
