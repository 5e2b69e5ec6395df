# each change needs the one before
# %%
x = []
# %%
x.append(1)
# %%
x.append(2)
# %%
print(x)
