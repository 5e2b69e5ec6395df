# %%python is another process: it binds nothing here
# %%
%%python3
q = 1
print(q)
# %%
q = 2
