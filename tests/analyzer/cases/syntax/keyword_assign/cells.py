# assigning to a keyword
# %%
None = 1
