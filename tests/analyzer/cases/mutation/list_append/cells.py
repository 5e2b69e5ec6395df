# list.append
# %%
x = []
# %%
x.append(1)
