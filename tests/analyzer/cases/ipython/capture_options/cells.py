# options of %%capture are no names
# %%
%%capture --no-stderr cap
z = 1
