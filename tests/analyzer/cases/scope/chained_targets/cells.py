# a = b = v binds both
# %%
a = b = []
