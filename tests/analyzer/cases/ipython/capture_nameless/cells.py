# %%capture without a name binds nothing of its own
# %%
%%capture
z = 1
